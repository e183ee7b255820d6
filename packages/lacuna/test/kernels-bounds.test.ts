import { describe, expect, test } from 'vitest'
import { Activation, type Kernels, Mode } from '../dist/compute/kernels.js'
import { Workspace } from '../dist/compute/workspace.js'

const { relu } = Activation
const workspace = new Workspace()
const area = workspace.floats(1 << 12)
const end = workspace.memory.buffer.byteLength

/** Two rows of a sparse matrix: five entries, which are added by four and by one, and one. */
const sparse = { starts: [0, 5], ends: [5, 6], columns: [0, 1, 2, 2, 2, 1] }
const [starts, ends, columns] = Object.values(sparse).map(numbers => {
  const words = workspace.words(numbers.length)
  words.set(numbers)
  return words.byteOffset
}) as [number, number, number]

/** A call on vectors at `pointers` that hold so many bytes. */
type Call = { bytes: number[]; run: (kernels: Kernels, ...pointers: number[]) => void }

function calls(n: number): Record<string, Call> {
  const floats = 4 * n
  const depth = 4 * (n + 1) // of the products: not a multiple of 4 where n is one
  return {
    scale: { bytes: [floats], run: (k, y) => k.scale(y!, 2, n) },
    scaleRows: { bytes: [3 * floats, 4 * 3], run: (k, y, f) => k.scaleRows(y!, f!, 3, n) },
    addScaled: { bytes: [floats, floats], run: (k, y, x) => k.addScaled(y!, x!, 2, n) },
    blend: {
      bytes: [floats, floats, floats, floats],
      run: (k, o, x, y, m) => k.blend(o!, x!, y!, m!, n),
    },
    expandBytes: { bytes: [floats, n], run: (k, o, b) => k.expandBytes(o!, b!, n) },
    bytesToFloats: { bytes: [floats, n], run: (k, o, b) => k.bytesToFloats(o!, b!, n) },
    centreRows: { bytes: [3 * floats, floats], run: (k, x, c) => k.centreRows(x!, c!, 2, 3, n) },
    addToDoubles: { bytes: [2 * floats, floats], run: (k, o, x) => k.addToDoubles(o!, x!, n) },
    updateAndMultiply: {
      bytes: [2 * floats, 8 * n * n, 2 * floats, 2 * floats, 2 * floats],
      run: (k, y, a, v, w, u) => k.updateAndMultiply(y!, a!, n, n, v!, w!, u!),
    },
    reflect: { bytes: [64 * n, 2 * floats], run: (k, x, v) => k.reflect(x!, n, v!, 2) },
    rotate: { bytes: [64 * (n + 1), 16 * n], run: (k, x, cs) => k.rotate(x!, n, cs!) },
    addByteProducts: {
      bytes: [4 * 64, 128 * 8, 258 * 8],
      run: (k, s, b, scratch) => k.addByteProducts(s!, b!, 8, scratch!),
    },
    exp: { bytes: [floats, floats], run: (k, o, x) => k.exp(o!, x!, n) },
    log: { bytes: [floats, floats], run: (k, o, x) => k.log(o!, x!, n) },
    tanh: { bytes: [floats, floats], run: (k, o, x) => k.tanh(o!, x!, n) },
    sigmoid: { bytes: [floats, floats], run: (k, o, x) => k.sigmoid(o!, x!, n) },
    softplus: { bytes: [floats, floats], run: (k, o, x) => k.softplus(o!, x!, n) },
    randomBits: { bytes: [floats], run: (k, o) => k.randomBits(o!, n, 1, 2, 3, 4, 5) },
    randomUniform: { bytes: [floats], run: (k, o) => k.randomUniform(o!, n, 1, 2, 3, 4, 0, 1) },
    bernoulli: {
      bytes: [n, floats],
      run: (k, o, p) => k.bernoulli(o!, p!, n, 1, 2, 3, 4, 5),
    },
    listBits: {
      bytes: [12 * Math.ceil(n / 4), 12, 3 * n],
      run: (k, l, e, v) => k.listBits(l!, e!, v!, 3, n, n, 1),
    },
    'listBits of columns': {
      bytes: [floats, floats, 3 * n],
      run: (k, l, e, v) => k.listBits(l!, e!, v!, n, 3, 1, n),
    },
    bitProduct: {
      bytes: [3 * floats, 24, 12, 5 * floats, floats, 12],
      run: (k, c, l, e, b, bias, w) =>
        k.bitProduct(c!, n, 3, n, 5, l!, e!, b!, n, 1, 1, 1, bias!, w!, relu),
    },
    'bitProduct, transposed': {
      bytes: [3 * floats, 24, 12, 5 * floats],
      run: (k, c, l, e, b) => k.bitProduct(c!, n, 3, n, 5, l!, e!, b!, 1, 5, 1, 0, 0, 0, relu),
    },
    activate: { bytes: [floats], run: (k, y) => k.activate(y!, n, relu) },
    momentumStep: {
      bytes: [floats, floats, floats],
      run: (k, w, v, g) => k.momentumStep(w!, v!, g!, n, 0.1, 0.9),
    },
    adamStep: {
      bytes: [floats, floats, floats, floats],
      run: (k, w, m, v, g) => k.adamStep(w!, m!, v!, g!, n, 0.1, 0.9, 0.99, 1e-8),
    },
    averageStep: { bytes: [floats, floats], run: (k, a, w) => k.averageStep(a!, w!, n, 0.9) },
    activationGradient: {
      bytes: [floats, floats],
      run: (k, d, y) => k.activationGradient(d!, y!, n, relu),
    },
    sum: { bytes: [floats], run: (k, x) => k.sum(x!, n) },
    columnSums: {
      bytes: [floats, 3 * floats],
      run: (k, o, x) => k.columnSums(o!, x!, n, 3, n, Mode.accumulate, 2),
    },
    sparseProduct: {
      bytes: [2 * floats, 4 * 6, 3 * floats, floats],
      run: (k, c, values, b, bias) => {
        const { accumulate } = Mode
        k.sparseProduct(
          ...([c!, n, 2, n, starts, ends, columns, values!, b!, n] as const),
          ...([accumulate, 1, bias!, relu] as const),
        )
      },
    },
    rowDots: {
      bytes: [4 * 6, 2 * floats, 3 * floats],
      run: (k, o, a, b) => k.rowDots(o!, a!, b!, 0, n, starts, ends, columns, 2, relu),
    },
    solveSubmatrices: {
      bytes: [2 * floats, 4 * 2, 4 * 2, 2 * floats, 4 * 2, n * floats, n * floats],
      run: (k, values, s, e, c, f, a, room) => {
        const words = new Uint32Array(workspace.memory.buffer)
        words.set([0, n], s! / 4)
        words.set([n, 2 * n], e! / 4)
        words.set([0, 2], f! / 4)
        for (let i = 0; i < 2 * n; i++) words[c! / 4 + i] = i % n
        k.solveSubmatrices(values!, s!, e!, c!, f!, 1, a!, n, room!)
      },
    },
    listRows: {
      bytes: [floats],
      run: (k, x) => {
        const [to, at] = [area.byteOffset + 8192, area.byteOffset + 9216]
        k.listRows(starts, to + 512, to, at, x!, 1, 1, n)
      },
    },
    classScores: {
      bytes: [4 * 2 * 3, 2 * 3 * floats, 2 * floats, 3 * floats, 4 * 3],
      run: (k, scores, s, t, u, b) => k.classScores(scores!, s!, t!, u!, b!, 2, 3, n),
    },
    'product, plain': {
      bytes: [4 * floats, 4 * depth, n * depth, floats],
      run: (k, c, a, b, bias) =>
        k.product(c!, n, 4, n, n + 1, a!, n + 1, 1, b!, n, 1, Mode.store, 1, bias!, relu),
    },
    'product, transposed': {
      bytes: [4 * floats, 4 * depth, n * depth],
      run: (k, c, a, b) =>
        k.product(c!, n, 4, n, n + 1, a!, 1, 4, b!, 1, n + 1, Mode.accumulate, 1, 0, relu),
    },
    'product, both factors read in place': {
      bytes: [10 * floats, 10 * depth, n * depth],
      run: (k, c, a, b) =>
        k.product(c!, n, 10, n, n + 1, a!, 1, 10, b!, n, 1, Mode.store, 1, 0, relu),
    },
    // Two components over two outputs with a σ each: ten outputs of the network.
    mixtureErrors: {
      bytes: [floats, 10 * floats, 10 * floats, 2 * floats, 20 * 4 * 4 * Math.ceil(n / 4)],
      run: (k, errors, slopes, z, t, room) =>
        k.mixtureErrors(errors!, slopes!, z!, t!, n, 2, 2, 1, -7, 1, room!),
    },
    shuffle: { bytes: [floats], run: (k, o) => k.shuffle(o!, n, 1, 2, 3, 4) },
    gatherRows: {
      bytes: [3 * floats, 3 * floats, 4 * 3],
      run: (k, o, x, rows) => {
        k.shuffle(rows!, 3, 1, 2, 3, 4)
        k.gatherRows(o!, x!, rows!, 3, n)
      },
    },
  }
}

describe('no kernel reads or writes past its vectors: each in turn ends with the memory', () => {
  for (const name of Object.keys(calls(0)))
    test(name, () => {
      for (let n = 0; n <= 17; n++) {
        const { bytes, run } = calls(n)[name]!
        for (const last of bytes.keys()) {
          const pointers = bytes.map((_, i) => area.byteOffset + 2048 * i)
          pointers[last] = end - bytes[last]!
          expect(() => run(workspace.kernels, ...pointers)).not.toThrow()
        }
      }
    })

  test('a vector one float too long is noticed', () => {
    expect(() => workspace.kernels.scale(end - 4 * 8, 2, 9)).toThrow(WebAssembly.RuntimeError)
  })
})
