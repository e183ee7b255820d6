import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Random } from '../dist/compute/random.js'
import { Workspace } from '../dist/compute/workspace.js'

/** A symmetric positive definite matrix of floats: BBᵀ + I/10 with random B. */
function definite(workspace: Workspace, n: number, random: Random): Float32Array {
  const B = Float64Array.from({ length: 3 * n }, () => random.normal())
  const A = workspace.floats(n * n)
  for (let i = 0; i < n; i++)
    for (let j = 0; j < n; j++)
      A[i * n + j] =
        (i === j ? 0.1 : 0) +
        B[3 * i]! * B[3 * j]! +
        B[3 * i + 1]! * B[3 * j + 1]! +
        B[3 * i + 2]! * B[3 * j + 2]!
  return A
}

const sizes = fc.record({
  cols: fc.integer({ min: 1, max: 40 }),
  groups: fc.array(fc.record({ rows: fc.nat(3), share: fc.double({ min: 0, max: 1 }) }), {
    minLength: 1,
    maxLength: 4,
  }),
  seed: fc.nat(10_000),
})

test('solveSubmatrices: A_hh x = b for every row of every group, as well as floats can', () => {
  fc.assert(
    fc.property(sizes, ({ cols, groups, seed }) => {
      const workspace = new Workspace()
      const random = new Random(seed)
      const A = definite(workspace, cols, random)
      const chosen = groups.map(({ share }) =>
        Array.from({ length: cols }, (_, j) => j).filter(() => random.uniform() < share),
      )
      const rows = groups.flatMap(({ rows }, g) => Array<number>(rows).fill(g))
      const starts = workspace.words(rows.length + 1)
      const columns = workspace.words(rows.length * cols)
      const b = Float32Array.from({ length: rows.length * cols }, () => random.normal())
      for (const [i, g] of rows.entries()) {
        columns.set(chosen[g]!, starts[i])
        starts[i + 1] = starts[i]! + chosen[g]!.length
      }
      const firsts = workspace.words(groups.length + 1)
      for (const [g, { rows }] of groups.entries()) firsts[g + 1] = firsts[g]! + rows
      const room = workspace.floats(groups.length * cols * cols)
      const values = workspace.floats(b.length + 1)
      values.set(b)
      const end = starts[rows.length]!
      values.fill(12345.5, end)
      workspace.kernels.solveSubmatrices(
        ...[values.byteOffset, starts.byteOffset, starts.byteOffset + 4, columns.byteOffset],
        ...([firsts.byteOffset, groups.length, A.byteOffset, cols, room.byteOffset] as const),
      )
      // Higham, "Accuracy and stability of numerical algorithms", theorem 10.4: the residual is under
      // γ |Uᵀ||U||x| with γ = (3n + 1)u, and an element of |Uᵀ||U| is under √(aᵢᵢaⱼⱼ).
      for (const [i, g] of rows.entries()) {
        const h = chosen[g]!
        const x = values.subarray(starts[i]!, starts[i]! + h.length)
        const spread = h.reduce(
          (sum, j, e) => sum + Math.sqrt(A[j * cols + j]!) * Math.abs(x[e]!),
          0,
        )
        for (const [e, row] of h.entries()) {
          const product = h.reduce((sum, j, k) => sum + A[row * cols + j]! * x[k]!, 0)
          const bound = (3 * h.length + 2) * 2 ** -24 * Math.sqrt(A[row * cols + row]!) * spread
          expect(Math.abs(product - b[starts[i]! + e]!)).toBeLessThanOrEqual(bound)
        }
      }
      expect(values.subarray(end).every(value => value === 12345.5)).toBe(true)
    }),
  )
})

test('solveSubmatrices gives no numbers where A_hh is not positive definite', () => {
  const workspace = new Workspace()
  const A = workspace.floats(4)
  A.set([1, 2, 2, 1])
  const [starts, ends, columns, firsts] = [[0], [2], [0, 1], [0, 1]].map(numbers => {
    const words = workspace.words(numbers.length)
    words.set(numbers)
    return words.byteOffset
  }) as [number, number, number, number]
  const values = workspace.floats(2)
  values.set([1, 1])
  const room = workspace.floats(4)
  const list = [values.byteOffset, starts, ends, columns, firsts] as const
  workspace.kernels.solveSubmatrices(...list, 1, A.byteOffset, 2, room.byteOffset)
  expect([...values]).toEqual([NaN, NaN])
})
