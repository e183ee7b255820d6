// Products of matrices by jax-js: node jax-product.js M K N
import { jax, serve } from './jax-rounds.js'

const [m, k, n] = process.argv.slice(2).map(Number)
const { numpy: np, random } = jax
const A = random.uniform(random.key(1), [m, k])
const B = random.uniform(random.key(2), [k, n])
const multiply = jax.jit((a, b) => np.matmul(a, b))

await serve(async count => {
  const start = performance.now()
  for (let i = 0; i < count; i++) {
    const C = multiply(A.ref, B.ref)
    await C.blockUntilReady()
    C.dispose()
  }
  return (performance.now() - start) / 1000
})
