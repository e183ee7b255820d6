// The sheet's training in jax-js: node jax-inpainting.js IMAGES
//
// As inpainting.py with vectorised masks; masks are drawn outside of what is compiled.
import { readFileSync } from 'node:fs'
import { jax, serve } from './jax-rounds.js'

const { numpy: np, random, nn, lax } = jax
const [COUNT, BATCH, PIXELS] = [10_000, 100, 784]
const bytes = readFileSync(process.argv[2]).subarray(0, COUNT * PIXELS)
const scaled = Float32Array.from(bytes, byte => byte / 127.5 - 1)
const batches = Array.from({ length: COUNT / BATCH }, (_, i) =>
  np.array(scaled.slice(i * BATCH * PIXELS, (i + 1) * BATCH * PIXELS)).reshape([BATCH, PIXELS]),
)

function drawMasks() {
  const mask = new Float32Array(BATCH * PIXELS)
  for (let i = 0; i < BATCH; i++) {
    const [top, left] = [7 + Math.floor(9 * Math.random()), 7 + Math.floor(9 * Math.random())]
    for (let row = top; row < top + 6; row++) {
      const start = i * PIXELS + row * 28 + left
      mask.fill(1, start, start + 6)
    }
  }
  return np.array(mask).reshape([BATCH, PIXELS])
}

let keys = 0
const uniform = (shape, bound) =>
  random.uniform(random.key(keys++), shape, { minval: -bound, maxval: bound })
const layers = sizes =>
  sizes.slice(1).map((outputs, i) => {
    const bound = 1 / Math.sqrt(sizes[i])
    return { W: uniform([sizes[i], outputs], bound), b: uniform([outputs], bound) }
  })
const affine = (x, { W, b }) => np.matmul(x, W).add(b)
const hardtanh = x => np.clip(x, -1, 1)

function error({ generator, energy }, x, m) {
  const kept = np.subtract(1, m.ref)
  const z = x.ref.mul(kept)
  const g = generator.reduce((a, layer) => hardtanh(affine(a, layer)), z.ref)
  const flipped = lax.stopGradient(g.ref).mul(2).sub(g) // the value of g, and minus its gradient
  const E = images =>
    energy.reduce((a, layer, i) => {
      const { W, b } = layer
      return affine(i > 0 ? hardtanh(a) : a, { W: W.ref, b: b.ref })
    }, images)
  const difference = E(x).sub(E(z.add(flipped.mul(m))))
  jax.tree.dispose(energy)
  return np.mean(nn.softplus(difference))
}

const step = jax.jit((networks, x, m) => {
  const [err, gradient] = jax.valueAndGrad(error)(jax.tree.ref(networks), x, m)
  const descend = (parameter, slope) => parameter.sub(slope.mul(0.05))
  return [err, jax.tree.map(descend, networks, gradient)]
})

await serve(async epochs => {
  let networks = { generator: layers([784, 256, 256, 784]), energy: layers([784, 256, 256, 1]) }
  await jax.blockUntilReady(jax.tree.ref(networks))
  const start = performance.now()
  for (let epoch = 0; epoch < epochs; epoch++)
    for (const x of batches) {
      const [err, next] = step(networks, x.ref, drawMasks())
      err.dispose()
      networks = next
    }
  await jax.blockUntilReady(jax.tree.ref(networks))
  const seconds = (performance.now() - start) / 1000
  jax.tree.dispose(networks)
  return seconds
})
