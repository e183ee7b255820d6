// One product of matrices on one thread, beside OpenBLAS, jax-js and the time in which a loop that only
// computes in registers makes as many multiplications and additions: against that limit the ratio
// is the share of it that our product achieves.
import { Activation, Mode } from '../../packages/lacuna/dist/compute/kernels.js'
import { Workspace } from '../../packages/lacuna/dist/compute/workspace.js'
import { buildName } from '../builds.js'
import { openRoofline } from '../roofline.js'
import { callSeconds } from '../stopwatch.js'

/** The first layer of the sheet's networks on its batch, and a square. */
const shapes = [
  [100, 784, 256],
  [512, 512, 512],
]

/** Lays a product out and returns what computes it. */
function product([m, k, n]) {
  const workspace = new Workspace()
  const { kernels } = workspace
  const [A, B, C] = [m * k, k * n, m * n].map(count => workspace.floats(count).byteOffset)
  kernels.randomUniform(A, m * k, 1, 0, 0, 0, -1, 1)
  kernels.randomUniform(B, k * n, 2, 0, 0, 0, -1, 1)
  const { store } = Mode
  const { identity } = Activation
  return () => kernels.product(C, n, m, n, k, A, k, 1, B, n, 1, store, 1, 0, identity)
}

function caseOf(shape, roofline, quick) {
  const [m, k, n] = shape
  const flops = 2 * m * k * n
  const multiply = product(shape)
  return {
    unit: `µs/product, ${shape.join('×')}`,
    scale: 1e6,
    count: quick ? 5 : Math.ceil(4e9 / flops),
    trial: quick ? 5 : 100,
    rounds: quick ? 3 : 15,
    ours: [{ build: buildName(1), run: count => callSeconds(count, multiply) }],
    peers: [
      {
        name: 'limit of WebAssembly SIMD',
        run: count => roofline.run((count * flops) / roofline.flops),
        goal: 0.8,
      },
      {
        name: 'OpenBLAS by PyTorch VERSION',
        module: 'torch',
        script: 'product.py',
        args: shape,
        threads: 1,
      },
      {
        name: 'jax-js VERSION on WebAssembly',
        module: '@jax-js/jax',
        script: 'jax-product.js',
        args: shape,
      },
    ],
  }
}

export const matrixProduct = {
  name: 'matrix-product',
  cases: async ({ quick }) => {
    const roofline = await openRoofline()
    return shapes.map(shape => caseOf(shape, roofline, quick))
  },
}
