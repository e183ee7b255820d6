import type { Array as JaxArray } from '@jax-js/jax'
import { expect, test } from 'vitest'
import { Random } from '../dist/compute/random.js'
import { matrix, mixtureOf } from './reference/mixtures.js'

/*
 * The third witness: automatic differentiation of E = −log Σᵢ αᵢφᵢ by jax-js, in float64 on its plain
 * JavaScript backend. It looks for a browser's `navigator`, and names Float16Array before it knows whether it
 * needs it; Node 20 has neither.
 */
Object.assign(globalThis, {
  navigator: globalThis.navigator ?? { userAgent: 'node' },
  Float16Array: Reflect.get(globalThis, 'Float16Array') ?? class {},
})
const { defaultDevice, grad, init, nn, numpy: np } = await import('@jax-js/jax')

test('gradients are what autodiff makes of −log p, isotropic and diagonal', async () => {
  await init()
  defaultDevice('cpu')
  const array = (values: readonly number[], shape: number[]) =>
    np.array([...values], { dtype: np.float64 }).reshape(shape)

  /** z is m, μ is m×c, σ is m×1 or m×c, t is c. Every use but the last of an array keeps it with `.ref`. */
  const E = (z: JaxArray, mu: JaxArray, sigma: JaxArray, t: JaxArray) => {
    const [m, c] = [z.shape[0]!, t.shape[0]!]
    const u = t.sub(mu).div(sigma.ref)
    const each = sigma.mul(np.ones([m, c], { dtype: np.float64 }))
    const logPhi = np
      .sum(u.ref.mul(u).mul(-0.5).sub(np.log(each)), 1)
      .sub(c * 0.5 * Math.log(2 * Math.PI))
    return nn.logsumexp(nn.logSoftmax(z).add(logPhi)).neg()
  }

  const random = new Random(11)
  const draw = (n: number, f: () => number) => Array.from({ length: n }, f)
  for (let round = 0; round < 12; round++) {
    const [m, c] = [random.integer(1, 6), random.integer(1, 4)]
    const each = round % 2 === 0 ? 1 : c
    const z = draw(m, () => 2 * random.normal())
    const mu = draw(m * c, () => random.normal())
    const sigma = draw(m * each, () => 0.1 + random.uniform())
    const t = draw(c, () => random.normal())
    const byJax = grad(E, { argnums: [0, 1, 2] })(
      array(z, [m]),
      array(mu, [m, c]),
      array(sigma, [m, each]),
      array(t, [c]),
    )
    const ours = mixtureOf(z, mu, sigma).gradients(matrix(t))
    for (const [own, theirs] of [
      [ours.logits, byJax[0]],
      [ours.means, byJax[1]],
      [ours.scales, byJax[2]],
    ] as const) {
      const values = await theirs.data()
      expect(values).toBeInstanceOf(Float64Array)
      expect(values).toHaveLength(own.data.length)
      const size = own.data.reduce((most, value) => Math.max(most, Math.abs(value)), 1)
      for (const [i, value] of own.data.entries())
        expect(Math.abs(value - values[i]!)).toBeLessThan(1e-13 * size)
    }
  }
})
