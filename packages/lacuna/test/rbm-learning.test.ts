import { describe, expect, test } from 'vitest'
import { contrastiveBias } from '../dist/boltzmann/bias-meter.js'
import { BitMatrix } from '../dist/boltzmann/bit-matrix.js'
import { Centring } from '../dist/boltzmann/centring.js'
import { ConditionalRbm } from '../dist/boltzmann/conditional-rbm.js'
import { ContrastiveDivergence } from '../dist/boltzmann/contrastive-divergence.js'
import { GibbsChains } from '../dist/boltzmann/gibbs-chains.js'
import { pseudoLogLikelihood } from '../dist/boltzmann/pseudo-likelihood.js'
import { LayerVector } from '../dist/boltzmann/training-layers.js'
import { type M64, Matrix } from '../dist/compute/matrix.js'
import { Workspace } from '../dist/compute/workspace.js'
import { allBits, entangled, matrixOf, rbmOf } from './reference/boltzmann.js'
import { noise } from './reference/noise.js'

/** A machine whose couplings and biases are uniform in ±scale. */
function machine(d: number, c: number, K: number, scale: number, seed: number) {
  const random = noise(seed)
  const list = (count: number) => Array.from({ length: count }, () => scale * random())
  return rbmOf({
    W: Array.from({ length: d }, () => list(K)),
    U: Array.from({ length: c }, () => list(K)),
    a: list(d),
    b: list(c),
    q: list(K),
  })
}

const sumOf = (values: ArrayLike<number>) => Array.from(values).reduce((a, b) => a + b, 0)
const layersOf = (workspace: Workspace, rbm: ConditionalRbm) => {
  const layers = new LayerVector(workspace, rbm.W.rows + rbm.U.rows, rbm.W.cols)
  layers.adopt(rbm)
  return layers
}

/** Plain ⟨v⟩, ⟨ĥ⟩ and ⟨vĥᵀ⟩ over rows of visible bits. */
function averages(rbm: ConditionalRbm, v: M64) {
  const d = rbm.W.rows
  const part = (start: number, end: number) =>
    matrixOf(
      Array.from({ length: v.rows }, (_, n) => [...v.row(n).slice(start, end)]),
      end - start,
    )
  const h = rbm.hiddenGiven(part(0, d), part(d, v.cols))
  const column = (x: M64, j: number) => Array.from({ length: x.rows }, (_, n) => x.row(n)[j]!)
  const mean = (values: number[]) => sumOf(values) / v.rows
  const units = (x: M64) => Array.from({ length: x.cols }, (_, j) => j)
  return {
    A: units(v).flatMap(i =>
      units(h).map(k => {
        const h_k = column(h, k)
        return mean(column(v, i).map((v_i, n) => v_i * h_k[n]!))
      }),
    ),
    alpha: units(v).map(i => mean(column(v, i))),
    q: units(h).map(k => mean(column(h, k))),
  }
}

const bitsOf = (bits: Uint8Array, rows: number, cols: number): M64 =>
  new Matrix(rows, cols, Float64Array.from(bits.subarray(0, rows * cols)))

/** No centring: μ = λ = 0. */
const plainly = (workspace: Workspace, visible: number, hidden: number) =>
  new Centring(workspace, new Float64Array(visible), hidden, false)

test('S·B and SᵀB are the sums over the ones of S, whichever of its rows are meant', () => {
  const [rows, cols, n] = [7, 13, 5]
  const workspace = new Workspace()
  const random = noise(1)
  const S = new BitMatrix(workspace, rows, cols)
  for (let i = 0; i < S.bits.length; i++) S.bits[i] = random() < 0 ? 1 : 0
  const s = (i: number, j: number) => S.bits[i * cols + j]!
  const [B, bias, out] = [cols * n, n, cols * n].map(size => workspace.floats(size)) as [
    ...[Float32Array, Float32Array, Float32Array],
  ]
  for (const view of [B, bias]) for (let i = 0; i < view.length; i++) view[i] = random()
  const factor = { values: B, row: n, col: 1 }
  const transposed = { values: B, row: 1, col: cols }
  const columns = (count: number) => Array.from({ length: count }, (_, j) => j)
  for (const [first, end] of [
    [0, 7],
    [2, 6],
  ] as const) {
    S.list(first, end)
    S.times(out, first, end, factor, n, { bias })
    for (let i = first; i < end; i++)
      for (let k = 0; k < n; k++) {
        const exact = sumOf(columns(cols).map(j => s(i, j) * B[j * n + k]!)) + bias[k]!
        expect(out[(i - first) * n + k]).toBeCloseTo(exact, 5)
      }
    S.times(out, first, end, transposed, n, {})
    for (let i = first; i < end; i++)
      for (let k = 0; k < n; k++) {
        const exact = sumOf(columns(cols).map(j => s(i, j) * B[k * cols + j]!))
        expect(out[(i - first) * n + k]).toBeCloseTo(exact, 5)
      }
    S.listColumns(first, end)
    for (const from of [0, 3]) {
      S.transposedTimes(out, end - first, factor, n, {}, from)
      for (let j = from; j < cols; j++)
        for (let k = 0; k < n; k++) {
          const exact = sumOf(columns(end - first).map(i => s(first + i, j) * B[i * n + k]!))
          expect(out[(j - from) * n + k]).toBeCloseTo(exact, 5)
        }
    }
  }
})

describe('Gibbs chains', () => {
  /** χ² of counts against probabilities, over cells that are not too rare. */
  function chiSquare(counts: number[], probabilities: number[], total: number) {
    expect(Math.min(...probabilities) * total).toBeGreaterThan(5)
    return sumOf(
      counts.map((n, s) => (n - total * probabilities[s]!) ** 2 / (total * probabilities[s]!)),
    )
  }

  /** Counts of the states of the last `free` visible bits after many sweeps of 10,000 chains. */
  function sampled(rbm: ConditionalRbm, clamped: number[], free: number) {
    const rows = 10_000
    const workspace = new Workspace()
    const chains = new GibbsChains(workspace, layersOf(workspace, rbm), rows, clamped.length, 11)
    for (let i = 0; i < rows; i++) chains.visible.bits.set(clamped, i * chains.visible.cols)
    for (let sweep = 0; sweep < 40; sweep++) {
      chains.drawVisible(0, rows, sweep)
      chains.inferHidden(0, rows)
      chains.drawHidden(0, rows, sweep + 1)
    }
    const counts = new Array<number>(2 ** free).fill(0)
    const v = bitsOf(chains.visible.bits, rows, chains.visible.cols)
    for (let n = 0; n < rows; n++) {
      const bits = v.row(n)
      expect([...bits.subarray(0, clamped.length)]).toEqual(clamped)
      counts[Number.parseInt(bits.subarray(clamped.length).join(''), 2)]!++
    }
    return { counts, rows }
  }

  test('have the machine’s distribution: χ² over all 32 states', () => {
    const rbm = machine(0, 5, 3, 1.2, 3)
    const states = allBits(5)
    const none = matrixOf(
      states.map(() => []),
      0,
    )
    const p = [...rbm.logProbability(none, matrixOf(states, 5))].map(Math.exp)
    const order = states.map(state => Number.parseInt(state.join(''), 2))
    const { counts, rows } = sampled(rbm, [], 5)
    // 31 degrees of freedom: beyond 61.1 once in a thousand times.
    expect(
      chiSquare(
        order.map(s => counts[s]!),
        p,
        rows,
      ),
    ).toBeLessThan(61.1)
  })

  test('have that of y given x where x is clamped: χ² over all 16 states', () => {
    const rbm = machine(3, 4, 3, 1.5, 4)
    const states = allBits(4)
    const x = [1, 0, 1]
    const p = [
      ...rbm.conditionalLogProbability(
        matrixOf(states, 4),
        matrixOf(
          states.map(() => x),
          3,
        ),
      ),
    ]
    const order = states.map(state => Number.parseInt(state.join(''), 2))
    const { counts, rows } = sampled(rbm, x, 4)
    // 15 degrees of freedom: beyond 37.7 once in a thousand times.
    expect(
      chiSquare(
        order.map(s => counts[s]!),
        p.map(Math.exp),
        rows,
      ),
    ).toBeLessThan(37.7)
  })
})

describe('contrastive divergence', () => {
  test('its gradient is that of the bits it drew, to float32', () => {
    for (const [clamped, persistent] of [
      [0, false],
      [0, true],
      [3, false],
    ] as const) {
      const rbm = machine(3, 6, 5, 1, 5)
      const workspace = new Workspace()
      const layers = layersOf(workspace, rbm)
      const walk = { sweeps: 2, persistent }
      const cd = new ContrastiveDivergence(workspace, layers, 40, clamped, 7, walk)
      const gradient = new LayerVector(workspace, 9, 5)
      const random = noise(6)
      const examples = cd.examples(40)
      for (let i = 0; i < examples.length; i++) examples[i] = random() < -0.3 ? 1 : 0
      cd.sample(40, 3, true)
      cd.addTo(gradient, 1, 0, plainly(workspace, 9, 5))
      const rounded = layers.machine(3) // the parameters as float32 has them
      const [data, model] = [examples, cd.chains().visible].map(bits =>
        averages(rounded, bitsOf(bits, 40, 9)),
      )
      for (const name of ['A', 'alpha', 'q'] as const)
        for (const [i, value] of gradient[name].entries()) {
          const exact = model![name][i]! - data![name][i]!
          // What is clamped is the same in chains and data, and its bias is left alone.
          expect(Math.abs(value - exact)).toBeLessThan(2e-6)
        }
      for (const [k, value] of cd.hiddenMean.entries()) expect(value).toBeCloseTo(data!.q[k]!, 6)
    }
  })

  test('centred, it is what centring makes of the plain one, added to what is there', () => {
    for (const clamped of [0, 3]) {
      const both = [false, true].map(centred => {
        const workspace = new Workspace()
        const layers = layersOf(workspace, machine(3, 6, 5, 1, 5))
        const walk = { sweeps: 1, persistent: true }
        const cd = new ContrastiveDivergence(workspace, layers, 50, clamped, 7, walk)
        const random = noise(6)
        const examples = cd.examples(40) // fewer than a batch has
        for (let i = 0; i < examples.length; i++) examples[i] = random() < -0.3 ? 1 : 0
        cd.sample(40, 3, false)
        const mu = Float64Array.from({ length: 9 }, (_, i) => i / 10)
        const centring = new Centring(workspace, mu, 5, true)
        centring.follow(cd.hiddenMean)
        const gradient = new LayerVector(workspace, 9, 5)
        gradient.all.fill(2)
        if (centred) cd.addTo(gradient, -3, 0.5, centring)
        else {
          const plain = new LayerVector(workspace, 9, 5)
          cd.addTo(plain, 1, 0, plainly(workspace, 9, 5))
          centring.apply(plain)
          plain.alpha.fill(0, 0, clamped)
          for (let i = 0; i < plain.all.length; i++) gradient.all[i] = 1 - 3 * plain.all[i]!
          gradient.alpha.fill(2, 0, clamped)
        }
        return gradient.all
      })
      for (const [i, value] of both[0]!.entries())
        expect(Math.abs(both[1]![i]! - value)).toBeLessThan(1e-5)
    }
  })

  test('is on average what the bias meter computes', () => {
    const rbm = machine(2, 4, 3, 1.5, 8)
    const rows = 40_000
    const states = allBits(6).slice(0, 5)
    for (const clamped of [0, 2]) {
      const workspace = new Workspace()
      const walk = { sweeps: 1, persistent: false }
      const cd = new ContrastiveDivergence(
        workspace,
        layersOf(workspace, rbm),
        rows,
        clamped,
        9,
        walk,
      )
      for (let n = 0; n < rows; n++) cd.examples(rows).set(states[n % 5]!, 6 * n)
      const gradient = new LayerVector(workspace, 6, 3)
      cd.sample(rows, 0, true)
      cd.addTo(gradient, 1, 0, plainly(workspace, 6, 3))
      const [x, y] = [states.map(v => v.slice(0, 2)), states.map(v => v.slice(2))]
      const [X, Y] = [matrixOf(x, 2), matrixOf(y, 4)]
      const likelihood = clamped > 0 ? 'conditional' : 'joint'
      const meter = contrastiveBias(rbm, X, Y, 1, likelihood)
      const exact = clamped > 0 ? rbm.conditionalGradient(X, Y) : rbm.jointGradient(X, Y)
      const truth = [...exact.W.data, ...exact.U.data]
      truth.push(...exact.inputBias, ...exact.outputBias, ...exact.hiddenBias)
      const dot = sumOf(truth.map((g, i) => g * gradient.all[i]!))
      const [size, trueSize] = [gradient.all, truth].map(values => Math.hypot(...values))
      // An average over 40,000 chains is off by some 0.5/√40,000 in each of its 27 numbers.
      expect(Math.acos(dot / size! / trueSize!)).toBeCloseTo(meter.angle, 1)
      expect(Math.abs(size! / trueSize! - meter.normRatio)).toBeLessThan(0.03)
    }
  })

  test('its bias shrinks with every doubling of the sweeps, to nothing', () => {
    for (const d of [0, 2]) {
      const rbm = entangled(d, 5, 4, 3, noise(10))
      const random = noise(12)
      const rows = Array.from({ length: 20 }, () =>
        Array.from({ length: d + 5 }, () => (random() < 0 ? 0 : 1)),
      )
      const x = matrixOf(
        rows.map(v => v.slice(0, d)),
        d,
      )
      const y = matrixOf(
        rows.map(v => v.slice(d)),
        5,
      )
      const biases = [1, 2, 4, 8, 16, 32].map(k => contrastiveBias(rbm, x, y, k))
      for (const [i, { angle }] of biases.entries()) {
        if (i === 0) continue
        expect(angle).toBeLessThan(biases[i - 1]!.angle)
      }
      expect(biases[0]!.angle).toBeGreaterThan(0.05)
      expect(contrastiveBias(rbm, x, y, 1000).angle).toBeLessThan(1e-6)
      expect(contrastiveBias(rbm, x, y, 1000).normRatio).toBeCloseTo(1, 6)
    }
  })

  test('the bias meter refuses machines whose tables would be too large', () => {
    const [x, y] = [matrixOf([[]], 0), matrixOf([new Array(11).fill(0)], 11)]
    const measure = () => contrastiveBias(machine(0, 11, 10, 1, 1), x, y, 1)
    expect(measure).toThrow(expect.objectContaining({ code: 'LACUNA_E_TOO_LARGE' }))
  })
})

describe('pseudo-likelihood', () => {
  test('is the sum over bits of log p(bit | all others), from the enumerated joint distribution', () => {
    for (const scale of [1, 400]) {
      const rbm = machine(2, 5, 3, scale, 13)
      const rows = allBits(7)
      const x = matrixOf(
        rows.map(v => v.slice(0, 2)),
        2,
      )
      const y = matrixOf(
        rows.map(v => v.slice(2)),
        5,
      )
      const logP = rbm.logProbability(x, y)
      const found = pseudoLogLikelihood(rbm, x, y)
      const index = new Map(rows.map((v, n) => [v.join(''), n]))
      for (const [n, v] of rows.entries()) {
        let sum = 0
        for (let j = 2; j < 7; j++) {
          const other = v.map((bit, i) => (i === j ? 1 - bit : bit))
          const difference = logP[index.get(other.join(''))!]! - logP[n]!
          sum -= Math.max(difference, 0) + Math.log1p(Math.exp(-Math.abs(difference)))
        }
        expect(Math.abs(found[n]! - sum)).toBeLessThan(1e-11 * (scale + Math.abs(sum)))
      }
    }
  })
})

describe('centring', () => {
  /** One step of gradient descent on −log p(v), with centring or without. */
  function stepped(rbm: ConditionalRbm, v: M64, centred: boolean): ConditionalRbm {
    const workspace = new Workspace()
    const layers = layersOf(workspace, rbm)
    const gradient = new LayerVector(workspace, v.cols, rbm.U.cols)
    const none = matrixOf(
      Array.from({ length: v.rows }, () => []),
      0,
    )
    gradient.adoptGradient(rbm.jointGradient(none, v))
    const { alpha, q } = averages(rbm, v)
    const centring = new Centring(workspace, Float64Array.from(alpha), q.length, true)
    centring.lambda.set(q)
    if (centred) centring.apply(gradient)
    for (let i = 0; i < layers.all.length; i++) layers.all[i]! -= 0.5 * gradient.all[i]!
    return layers.machine(0)
  }

  /** The machine of v′ that says of it what this one says of v, v′ being v with unit 0 flipped. */
  function flipped({ U, outputBias, hiddenBias }: ConditionalRbm): ConditionalRbm {
    const other = new Matrix(
      U.rows,
      U.cols,
      U.data.map((value, at) => (at < U.cols ? -value : value)),
    )
    const b = outputBias.map((value, i) => (i === 0 ? -value : value))
    const q = hiddenBias.map((value, k) => value + U.row(0)[k]!)
    return ConditionalRbm.from({ W: matrixOf([], U.cols), U: other, outputBias: b, hiddenBias: q })
  }

  test('a centred step does the same whichever value of a bit is called 1; a plain one does not', () => {
    const rbm = machine(0, 4, 3, 1, 14)
    const flip = (rows: number[][]) => rows.map(([first, ...rest]) => [1 - first!, ...rest])
    const states = allBits(4)
    const data = states.slice(3, 9)
    const none = matrixOf(
      states.map(() => []),
      0,
    )
    const difference = (centred: boolean) => {
      const one = stepped(rbm, matrixOf(data, 4), centred)
      const two = stepped(flipped(rbm), matrixOf(flip(data), 4), centred)
      const p = one.logProbability(none, matrixOf(states, 4))
      const q = two.logProbability(none, matrixOf(flip(states), 4))
      return Math.max(...p.map((value, s) => Math.abs(value - q[s]!)))
    }
    expect(difference(true)).toBeLessThan(5e-6)
    expect(difference(false)).toBeGreaterThan(1e-2)
  })

  test('with offsets 0 the centred gradient is the plain one', () => {
    const workspace = new Workspace()
    const gradient = new LayerVector(workspace, 4, 3)
    const random = noise(15)
    gradient.all.set(gradient.all.map(() => random()))
    const before = gradient.all.slice()
    plainly(workspace, 4, 3).apply(gradient)
    expect(gradient.all).toEqual(before)
  })
})
