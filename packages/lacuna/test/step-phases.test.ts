import { describe, expect, test } from 'vitest'
import { Matrix } from '../dist/compute/matrix.js'
import { Random } from '../dist/compute/random.js'
import { Images } from '../dist/data/images.js'
import { readSafetensors } from '../dist/formats/safetensors.js'
import { EnergyInpainter, type StepOptions } from '../dist/inpainting/energy-inpainter.js'
import { removePatch } from '../dist/inpainting/remove-patch.js'
import type { StepPhase } from '../dist/inpainting/step-phases.js'
import { trainingPatches } from '../dist/inpainting/training-patches.js'

const image = { height: 8, width: 8 }
const patch = { height: 3, width: 3, jitter: 2 }
const create = () =>
  EnergyInpainter.create({ seed: 3, image, generatorHidden: [12, 10], energyHidden: [9, 7] })

const random = new Random(5)
const x = new Matrix(
  6,
  64,
  Float32Array.from({ length: 6 * 64 }, () => 2 * random.uniform() - 1),
)
const { mask, incomplete, patches } = removePatch(x, random, { image, ...patch })

const tensors = (inpainter: EnergyInpainter, network: 'energy' | 'generator') =>
  [...readSafetensors(inpainter.save()).tensors]
    .filter(([name]) => name.startsWith(network))
    .map(([, { data }]) => data)

describe('a step in phases', () => {
  test('gives the bits of the step in one go, for any loss and rates', () => {
    const ways: StepOptions[] = [
      {},
      { loss: 'hinge', margin: 2, learningRate: 0.3 },
      { loss: 'square-exponential', learningRate: { energy: 0.1, generator: 0.02 } },
    ]
    for (const options of ways) {
      const [whole, phased] = [create(), create()]
      for (let step = 0; step < 3; step++) {
        const loss = whole.step(x, patches, options)
        const seen = [...phased.phases(x, patches, options)]
        expect(seen.map(({ name }) => name)).toEqual([
          ...['paint', 'score', 'judge', 'teach-energy', 'flip', 'teach-generator'],
        ])
        expect(seen.at(-1)!.loss).toBe(loss)
      }
      expect(Buffer.compare(phased.save(), whole.save())).toBe(0)
    }
  })

  test('shows what it has computed: images, energies, loss, gradient and its negative', () => {
    const inpainter = create()
    const completed = inpainter.complete(incomplete, mask)
    const scores = { true: inpainter.energy(x), contrastive: inpainter.energy(completed) }
    const before = inpainter.save()
    const seen: [name: string, looked: ReturnType<typeof look>, saved: Uint8Array][] = []
    for (const phase of inpainter.phases(x, patches))
      seen.push([phase.name, look(phase), inpainter.save()])
    const at = (name: string) => seen.find(([each]) => each === name)!

    for (const [j, pixel] of at('paint')[1].contrastive.data.entries())
      expect(Math.abs(pixel - completed.data[j]!)).toBeLessThan(mask.data[j] ? 1e-6 : 1e-30)
    for (const kind of ['true', 'contrastive'] as const)
      for (const [i, energy] of at('score')[1].energies[kind].entries())
        expect(Math.abs(energy - scores[kind][i]!)).toBeLessThan(1e-5)
    const { energies, loss } = at('judge')[1]
    const mean = energies.true.reduce(
      (sum, e, i) => sum + Math.log1p(Math.exp(e - energies.contrastive[i]!)) / 6,
      0,
    )
    expect(Math.abs(loss - mean)).toBeLessThan(1e-12)

    // The networks move in their own phases, and in no other.
    expect(Buffer.compare(at('judge')[2], before)).toBe(0)
    const taught = EnergyInpainter.load(at('flip')[2])
    const untaught = EnergyInpainter.load(before)
    expect(tensors(taught, 'generator')).toEqual(tensors(untaught, 'generator'))
    expect(tensors(taught, 'energy')).not.toEqual(tensors(untaught, 'energy'))

    // The gradient of the mean loss over a missing pixel, by a finite difference in E(x⁻).
    const gradient = at('teach-energy')[1].gradient
    const flipped = at('flip')[1].gradient
    for (const j of gradient.data.keys())
      expect(flipped.data[j]).toBe(mask.data[j] ? -gradient.data[j]! : 0)
    const steepest = gradient.data.reduce(
      (best, g, j) => (Math.abs(g) > Math.abs(gradient.data[best]!) ? j : best),
      0,
    )
    const err = (by: number) => {
      const moved = new Matrix(6, 64, completed.data.slice())
      moved.data[steepest]! += by
      const [plus, minus] = [untaught.energy(x), untaught.energy(moved)]
      return plus.reduce((sum, e, i) => sum + Math.log1p(Math.exp(e - minus[i]!)) / 6, 0)
    }
    const h = 1 / 64
    const slope = (err(h) - err(-h)) / (2 * h)
    expect(Math.abs(slope)).toBeGreaterThan(1e-3)
    expect(Math.abs(gradient.data[steepest]! - slope)).toBeLessThan(2e-5)
  })
})

function look(phase: StepPhase) {
  return {
    contrastive: phase.contrastive(),
    energies: phase.energies(),
    gradient: phase.pixelGradient(),
    loss: phase.loss,
  }
}

describe('learning rates', () => {
  test('of 0 leave one network as it is, and the other learns as it would', () => {
    const both = create()
    both.step(x, patches)
    for (const still of ['energy', 'generator'] as const) {
      const one = create()
      one.step(x, patches, { learningRate: { energy: 0.05, generator: 0.05, [still]: 0 } })
      const other = still === 'energy' ? 'generator' : 'energy'
      expect(tensors(one, still)).toEqual(tensors(create(), still))
      expect(tensors(one, other)).toEqual(tensors(both, other))
    }
  })

  test('below 0, not finite, or 0 for both are refused', () => {
    const inpainter = create()
    for (const learningRate of [0, -1, Number.NaN, { energy: 0, generator: 0 }])
      expect(() => inpainter.step(x, patches, { learningRate })).toThrow(/LACUNA_E_OPTION/)
    const unequal = { energy: 0.1, generator: Number.POSITIVE_INFINITY }
    expect(() => inpainter.step(x, patches, { learningRate: unequal })).toThrow(/LACUNA_E_OPTION/)
  })

  test('of a training may differ, and one for both is the same as two that are equal', async () => {
    const pixels = Uint8Array.from({ length: 50 * 64 }, () => random.integer(0, 256))
    const images = new Images(50, 8, 8, pixels)
    const train = async (learningRate: StepOptions['learningRate'], resume?: Uint8Array) => {
      const inpainter = create()
      const options = { epochs: 2, batch: 20, patch, ...(learningRate && { learningRate }) }
      const states: Uint8Array[] = []
      for await (const { state } of inpainter.train(images, {
        ...options,
        ...(resume && { resume }),
      }))
        states.push(state)
      return states
    }
    const [plain, pair] = [await train(0.1), await train({ energy: 0.1, generator: 0.1 })]
    expect(pair).toEqual(plain)
    const different = { energy: 0.1, generator: 0.02 }
    const [first, last] = await train(different)
    expect(last).not.toEqual(plain[1])
    expect(await train(different, first)).toEqual([last])
    await expect(train(0.1, first)).rejects.toThrow(/LACUNA_E_RESUME/)

    // The same by hand, step after step.
    const byHand = create()
    for (let step = 0; step < 6; step++) {
      const start = 20 * (step % 3)
      const batch = images.matrix(start, Math.min(start + 20, 50))
      byHand.step(batch, trainingPatches(batch.rows, image, 3, step, patch), {
        learningRate: different,
      })
    }
    const trained = EnergyInpainter.load(last!)
    for (const network of ['energy', 'generator'] as const)
      expect(tensors(byHand, network)).toEqual(tensors(trained, network))
  })
})
