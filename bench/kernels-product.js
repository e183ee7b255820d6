// How fast one thread multiplies: node bench/kernels-product.js (after npm run build).
// The shapes are those of the sheet's step: batch 100, images of 784 pixels, 256 hidden units.
import { Activation, Mode } from '../packages/lacuna/dist/compute/kernels.js'
import { Workspace } from '../packages/lacuna/dist/compute/workspace.js'

const products = [
  { what: 'forward, X·Wᵀ', m: 100, n: 256, k: 784, aTransposed: false, bTransposed: true },
  { what: 'forward, out', m: 100, n: 784, k: 256, aTransposed: false, bTransposed: true },
  { what: 'backward, Δ·W', m: 100, n: 784, k: 256, aTransposed: false, bTransposed: false },
  { what: 'weights, ΔᵀX', m: 256, n: 784, k: 100, aTransposed: true, bTransposed: false },
  { what: 'hidden, X·Wᵀ', m: 100, n: 256, k: 256, aTransposed: false, bTransposed: true },
  { what: 'square', m: 512, n: 512, k: 512, aTransposed: false, bTransposed: false },
]

/** Lays a product out and returns what computes it. */
function prepare({ m, n, k, aTransposed, bTransposed }) {
  const workspace = new Workspace()
  const { kernels } = workspace
  const [a, b, c] = [m * k, k * n, m * n].map(count => workspace.floats(count).byteOffset)
  kernels.randomUniform(a, m * k, 1, 0, 0, 0, -1, 1)
  kernels.randomUniform(b, k * n, 2, 0, 0, 0, -1, 1)
  const aStrides = aTransposed ? [1, m] : [k, 1]
  const bStrides = bTransposed ? [1, k] : [n, 1]
  const { store } = Mode
  const { hardtanh } = Activation
  return () => kernels.product(c, n, m, n, k, a, ...aStrides, b, ...bStrides, store, 1, 0, hardtanh)
}

const runs = products.map(shape => ({ ...shape, multiply: prepare(shape), best: Infinity }))
for (const { multiply } of runs) for (let i = 0; i < 50; i++) multiply() // until it is optimised
// In turns, the best of 100: other work on the machine disturbs all of them alike.
for (let i = 0; i < 100; i++)
  for (const run of runs) {
    const start = performance.now()
    run.multiply()
    run.best = Math.min(run.best, performance.now() - start)
  }

console.log(`Node ${process.version}, one thread, float32 SIMD, best of 100`)
for (const { what, m, n, k, best } of runs) {
  const rate = (2 * m * n * k) / best / 1e6
  console.log(`${what.padEnd(14)} ${`${m}×${k}×${n}`.padEnd(12)} ${rate.toFixed(1)} GFLOP/s`)
}
