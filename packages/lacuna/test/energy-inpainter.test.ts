import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { Matrix } from '../dist/compute/matrix.js'
import { Random } from '../dist/compute/random.js'
import { Images } from '../dist/data/images.js'
import { readSafetensors, writeSafetensors } from '../dist/formats/safetensors.js'
import { EnergyInpainter } from '../dist/inpainting/energy-inpainter.js'
import type { Patch } from '../dist/inpainting/mask.js'
import { removePatch } from '../dist/inpainting/remove-patch.js'
import type { Epoch } from '../dist/inpainting/training.js'

const fixture = JSON.parse(
  readFileSync(new URL('fixtures/pytorch-inpainting.json', import.meta.url), 'utf8'),
) as {
  state: string
  x: number[]
  patches: Patch[][]
  losses: number[]
  energies: number[]
  completions: number[]
}
const stateDict = () => new Uint8Array(Buffer.from(fixture.state, 'base64'))

const image = { height: 8, width: 8 }
const small = { image, generatorHidden: [12], energyHidden: [9] }
const patch = { height: 3, width: 3, jitter: 2 }

function someImages(count: number): Images {
  const random = new Random(9)
  const pixels = Uint8Array.from({ length: count * 64 }, () => random.integer(0, 256))
  return new Images(count, 8, 8, pixels)
}

/** Compares bytes fast: megabytes are too many for toEqual. */
const same = (a: Uint8Array, b: Uint8Array) => Buffer.compare(a, b) === 0

async function epochsOf(inpainter: EnergyInpainter, options: object, images = someImages(50)) {
  const epochs: Epoch[] = []
  for await (const epoch of inpainter.train(images, { epochs: 4, batch: 20, patch, ...options }))
    epochs.push(epoch)
  return epochs
}

describe('a bare PyTorch state dict', () => {
  test('loads, trains and answers as PyTorch does: five steps of the sheet’s loop', () => {
    const inpainter = EnergyInpainter.load(stateDict())
    const x = new Matrix(6, 64, Float32Array.from(fixture.x))
    fixture.patches.forEach((patches, step) => {
      const loss = inpainter.step(x, patches, { learningRate: 0.05 })
      expect(Math.abs(loss - fixture.losses[step]!)).toBeLessThan(1e-6)
    })
    inpainter.energy(x).forEach((energy, i) => {
      expect(Math.abs(energy - fixture.energies[i]!)).toBeLessThan(1e-6)
    })
    const mask = new Matrix(6, 64)
    fixture.patches.at(-1)!.forEach(({ row, column }, i) => {
      for (let r = row; r < row + 3; r++) mask.row(i).fill(1, 8 * r + column, 8 * r + column + 3)
    })
    inpainter.complete(x, mask).data.forEach((value, i) => {
      expect(Math.abs(value - fixture.completions[i]!)).toBeLessThan(1e-6)
    })
  })

  test('may hold float64 weights', () => {
    const { tensors } = readSafetensors(stateDict())
    for (const [name, { shape, data }] of tensors)
      tensors.set(name, { shape, data: Float64Array.from(data as Float32Array) })
    const x = new Matrix(6, 64, Float32Array.from(fixture.x))
    const inpainter = EnergyInpainter.load(writeSafetensors(tensors))
    expect(inpainter.energy(x)).toEqual(EnergyInpainter.load(stateDict()).energy(x))
  })
})

describe('checkpoints', () => {
  test('give back the same model, and the same bytes when saved again', () => {
    const inpainter = EnergyInpainter.create({ seed: 5, ...small })
    const bytes = inpainter.save()
    const loaded = EnergyInpainter.load(bytes)
    const x = someImages(3).matrix()
    const { incomplete, mask } = removePatch(x, new Random(1), { image, ...patch })
    expect(loaded.energy(x)).toEqual(inpainter.energy(x))
    expect(loaded.complete(incomplete, mask)).toEqual(inpainter.complete(incomplete, mask))
    expect(same(loaded.save(), bytes)).toBe(true)
  })

  test('carry PyTorch’s names and shapes', () => {
    const { tensors } = readSafetensors(EnergyInpainter.create({ seed: 1 }).save())
    const shapes = [...tensors].map(([name, { shape }]) => `${name} [${shape}]`)
    expect(shapes.sort()).toEqual([
      'energy.0.bias [256]',
      'energy.0.weight [256,784]',
      'energy.2.bias [256]',
      'energy.2.weight [256,256]',
      'energy.4.bias [1]',
      'energy.4.weight [1,256]',
      'generator.0.bias [256]',
      'generator.0.weight [256,784]',
      'generator.2.bias [256]',
      'generator.2.weight [256,256]',
      'generator.4.bias [784]',
      'generator.4.weight [784,256]',
    ])
  })

  test('that do not fit are refused, each with what is wrong', () => {
    const load = (change: (t: ReturnType<typeof readSafetensors>) => void) => () => {
      const file = readSafetensors(EnergyInpainter.create({ seed: 5, ...small }).save())
      change(file)
      return EnergyInpainter.load(writeSafetensors(file.tensors, file.metadata))
    }
    const weight = { shape: [9, 64], data: new Float32Array(9 * 64) }
    expect(load(f => f.tensors.delete('energy.0.bias'))).toThrow(/_CHECKPOINT.*energy.0.bias.*miss/)
    expect(load(f => f.tensors.set('extra', weight))).toThrow(/_CHECKPOINT.*extra/)
    expect(load(f => f.tensors.set('generator.0.weight', weight))).toThrow(
      /_CHECKPOINT.*\[12,64\].*\[9,64\]/,
    )
    const nan = { shape: [9], data: new Float32Array(9).fill(NaN) }
    expect(load(f => f.tensors.set('energy.0.bias', nan))).toThrow(/NOT_FINITE.*energy.0.bias/)
    const set = (key: string, value: string) =>
      load(f => Object.assign(f.metadata, { [key]: value }))
    expect(set('model', 'other')).toThrow(/_CHECKPOINT.*other/)
    expect(set('format', '2')).toThrow(/_CHECKPOINT/)
    expect(set('seed', '-1')).toThrow(/_CHECKPOINT.*seed/)
    expect(set('configuration', '{')).toThrow(/_CHECKPOINT.*configuration/)
    expect(set('configuration', 'null')).toThrow(/_CHECKPOINT.*configuration/)
    const huge = { sizes: [64, 1e9, 64], activations: ['hardtanh', 'hardtanh'] }
    const energy = { sizes: [64, 9, 1], activations: ['hardtanh', 'identity'] }
    const absurd = JSON.stringify({ image, generator: huge, energy })
    expect(set('configuration', absurd)).toThrow(/_CHECKPOINT/)
    expect(() => EnergyInpainter.load(writeSafetensors(new Map()))).toThrow(/_CHECKPOINT/)
    expect(() => EnergyInpainter.load(new Uint8Array(100))).toThrow(/_SAFETENSORS/)
  })
})

describe('initial weights', () => {
  test('are uniform in ±1/√fan-in, differ between tensors, and depend on the seed', () => {
    const { tensors } = readSafetensors(EnergyInpainter.create({ seed: 1 }).save())
    const bounds: Record<string, number> = { 'energy.0': 28, 'energy.2': 16, 'generator.0': 28 }
    for (const [layer, root] of Object.entries(bounds)) {
      const weights = tensors.get(`${layer}.weight`)!.data as Float32Array
      const scaled = weights.map(w => w * root)
      expect(scaled.every(w => Math.abs(w) <= 1 + 1e-6)).toBe(true)
      const variance = scaled.reduce((sum, w) => sum + w * w, 0) / scaled.length
      expect(Math.abs(variance - 1 / 3)).toBeLessThan(
        (4 * Math.sqrt(4 / 45)) / Math.sqrt(scaled.length),
      )
    }
    expect(tensors.get('energy.0.weight')!.data).not.toEqual(
      tensors.get('generator.0.weight')!.data,
    )
    const other = readSafetensors(EnergyInpainter.create({ seed: 2 }).save()).tensors
    expect(other.get('energy.0.weight')!.data).not.toEqual(tensors.get('energy.0.weight')!.data)
  })
})

describe('questions', () => {
  test('complete looks at observed pixels only, keeps them bit for bit and fills the rest', () => {
    const inpainter = EnergyInpainter.create({ seed: 3, ...small })
    const x = someImages(250).matrix() // more than fit the buffers at once
    const { incomplete, mask } = removePatch(x, new Random(1), { image, ...patch })
    const completed = inpainter.complete(incomplete, mask)
    expect(inpainter.complete(x, mask)).toEqual(completed)
    let filled = 0
    for (let i = 0; i < x.data.length; i++)
      if (mask.data[i] === 0) expect(completed.data[i]).toBe(x.data[i])
      else if (completed.data[i] !== 0) filled++
    expect(filled).toBeGreaterThan(0.9 * 250 * 9)
    const last = inpainter.complete(incomplete.slice(249, 250), mask.slice(249, 250))
    expect(last.data).toEqual(completed.slice(249, 250).data)
    const energies = inpainter.energy(x)
    expect(inpainter.energy(x.slice(249, 250))[0]).toBe(energies[249])
  })

  test('refuse unfit input with its place', () => {
    const inpainter = EnergyInpainter.create({ seed: 3, ...small })
    const x = someImages(2).matrix()
    const mask = new Matrix(2, 64)
    expect(() => inpainter.energy(new Matrix(2, 63))).toThrow(/LACUNA_E_SHAPE.*2×64.*2×63/)
    expect(() => inpainter.complete(x, new Matrix(1, 64))).toThrow(/LACUNA_E_SHAPE.*mask/)
    mask.row(1)[5] = 0.5
    expect(() => inpainter.complete(x, mask)).toThrow(/LACUNA_E_OPTION.*row 1, column 5/)
    x.row(1)[7] = NaN
    expect(() => inpainter.energy(x)).toThrow(/LACUNA_E_NOT_FINITE.*NaN at row 1, column 7/)
    const good = someImages(2).matrix()
    const hole = { row: 0, column: 0, height: 2, width: 2 }
    const before = inpainter.save()
    expect(() => inpainter.step(good, [hole])).toThrow(/LACUNA_E_SHAPE.*2 images.*1 patch/)
    const outside = { ...hole, row: 7 }
    expect(() => inpainter.step(good, [hole, outside])).toThrow(/LACUNA_E_SHAPE.*patch 1/)
    const rate = { learningRate: -1 }
    expect(() => inpainter.step(good, [hole, hole], rate)).toThrow(/LACUNA_E_OPTION.*learningRate/)
    expect(() => inpainter.step(new Matrix(0, 64), [])).toThrow(/LACUNA_E_OPTION/)
    expect(same(inpainter.save(), before)).toBe(true)
    expect(() => EnergyInpainter.create({ seed: 1, energyHidden: [0] })).toThrow(/LACUNA_E_OPTION/)
    expect(() => EnergyInpainter.create({ seed: 0.5 })).toThrow(/LACUNA_E_OPTION.*seed/)
  })
})

describe('training', () => {
  test('is the sum of its steps: the same loop by hand gives the same bits', async () => {
    const trained = EnergyInpainter.create({ seed: 4, ...small })
    const epochs = await epochsOf(trained, {})
    const byHand = EnergyInpainter.create({ seed: 4, ...small })
    const x = someImages(50).matrix()
    for (let epoch = 0; epoch < 4; epoch++) {
      const losses = [0, 20, 40].map((start, i) => {
        const part = x.slice(start, Math.min(start + 20, 50))
        const random = new Random(4, 2, epoch * 3 + i)
        const { patches } = removePatch(part, random, { image, ...patch })
        return byHand.step(part, patches)
      })
      expect(epochs[epoch]).toMatchObject({ epoch, loss: losses[2] })
      expect(epochs[epoch]!.meanLoss).toBe(losses.reduce((a, b) => a + b) / 3)
    }
    const tensors = (inpainter: EnergyInpainter) => readSafetensors(inpainter.save()).tensors
    expect(tensors(trained)).toEqual(tensors(byHand))
  })

  test('gives the same bytes twice, and when resumed after any epoch', async () => {
    const whole = EnergyInpainter.create({ seed: 4, ...small })
    const epochs = await epochsOf(whole, {})
    const again = EnergyInpainter.create({ seed: 4, ...small })
    await epochsOf(again, {})
    expect(same(again.save(), whole.save())).toBe(true)
    for (const { epoch, state } of epochs) {
      const resumed = EnergyInpainter.load(state)
      const rest = await epochsOf(resumed, { resume: state })
      expect(rest).toEqual(epochs.slice(epoch + 1))
      expect(same(resumed.save(), whole.save())).toBe(true)
    }
  })

  test('resumed with no epoch left, gives the model of the state', async () => {
    const epochs = await epochsOf(EnergyInpainter.create({ seed: 4, ...small }), {})
    const { state } = epochs.at(-1)!
    const resumed = EnergyInpainter.create({ seed: 4, ...small })
    expect(await epochsOf(resumed, { resume: state })).toEqual([])
    expect(same(resumed.save(), state)).toBe(true)
  })

  test('takes a batch larger than any before, in steps too', () => {
    const [large, small1] = [1, 2].map(() => EnergyInpainter.create({ seed: 4, ...small }))
    const x = someImages(150).matrix()
    const { patches } = removePatch(x, new Random(1), { image, ...patch })
    const energies = large!.energy(x)
    // The mean loss of all is the mean of the parts' at the same weights (η so small that they stay).
    const options = { learningRate: 1e-30 }
    const parts = [0, 75].map(at =>
      small1!.step(x.slice(at, at + 75), patches.slice(at, at + 75), options),
    )
    expect(large!.step(x, patches, options)).toBeCloseTo((parts[0]! + parts[1]!) / 2, 12)
    expect(large!.energy(x)).toEqual(energies)
  })

  test('can be left, and the model keeps the epoch it was left at', async () => {
    const all = await epochsOf(EnergyInpainter.create({ seed: 4, ...small }), {})
    const inpainter = EnergyInpainter.create({ seed: 4, ...small })
    for await (const { epoch } of inpainter.train(someImages(50), { epochs: 4, batch: 20, patch }))
      if (epoch === 1) break
    expect(same(inpainter.save(), all[1]!.state)).toBe(true)
  })

  test('can be cancelled, in the middle of an epoch too', async () => {
    const controller = new AbortController()
    const inpainter = EnergyInpainter.create({ seed: 4 })
    const images = new Images(6000, 28, 28, new Uint8Array(6000 * 784))
    const before = inpainter.save()
    setTimeout(() => controller.abort('enough'), 200)
    const training = inpainter.train(images, { epochs: 100, signal: controller.signal }).next()
    await expect(training).rejects.toMatchObject({ code: 'LACUNA_E_ABORTED', cause: 'enough' })
    expect(same(inpainter.save(), before)).toBe(true)
    const aborted = inpainter.train(images, { epochs: 1, signal: AbortSignal.abort() }).next()
    await expect(aborted).rejects.toMatchObject({ code: 'LACUNA_E_ABORTED' })
  })

  test('refuses states of other runs, images of other shapes, and options out of range', async () => {
    const inpainter = EnergyInpainter.create({ seed: 4, ...small })
    const [first] = await epochsOf(inpainter, { epochs: 1 })
    const code = (code: string) => expect.objectContaining({ code })
    const resume = first!.state
    const rejected = (
      options: object,
      images?: Images,
      model = EnergyInpainter.create({ seed: 4, ...small }),
    ) => expect(epochsOf(model, options, images)).rejects
    await rejected({ resume, learningRate: 0.1 }).toEqual(code('LACUNA_E_RESUME'))
    await rejected({ resume, loss: 'hinge' }).toEqual(code('LACUNA_E_RESUME'))
    const model = EnergyInpainter.create({ seed: 4, ...small })
    const before = model.save()
    await rejected({ resume }, someImages(49), model).toEqual(code('LACUNA_E_RESUME'))
    expect(same(model.save(), before)).toBe(true)
    await rejected({ resume: EnergyInpainter.create({ seed: 4, ...small }).save() }).toEqual(
      code('LACUNA_E_RESUME'),
    )
    const others = [
      { seed: 5, ...small },
      { seed: 4, ...small, generatorHidden: [9] },
    ]
    for (const other of others) {
      const model = EnergyInpainter.create(other)
      const before = model.save()
      await expect(epochsOf(model, { resume })).rejects.toEqual(code('LACUNA_E_RESUME'))
      expect(same(model.save(), before)).toBe(true)
    }
    await rejected({ epochs: 0 }).toEqual(code('LACUNA_E_OPTION'))
    await rejected({ batch: 1.5 }).toEqual(code('LACUNA_E_OPTION'))
    await rejected({ learningRate: NaN }).toEqual(code('LACUNA_E_OPTION'))
    await rejected({ patch: { height: 9 } }).toEqual(code('LACUNA_E_OPTION'))
    await rejected({}, new Images(1, 8, 9, new Uint8Array(72))).toEqual(code('LACUNA_E_SHAPE'))
    await rejected({}, new Images(0, 8, 8, new Uint8Array(0))).toEqual(code('LACUNA_E_SHAPE'))
  })

  test('stops with a word when it diverges', async () => {
    const inpainter = EnergyInpainter.create({ seed: 4, ...small })
    const run = epochsOf(inpainter, { epochs: 200, loss: 'square-square', learningRate: 1e6 })
    await expect(run).rejects.toMatchObject({
      code: 'LACUNA_E_DIVERGED',
      message: expect.stringMatching(/ at step \d+ of epoch \d+; .*tensor (energy|generator)\.\d/),
    })
    // The energy loss has no least value: nothing but the number of steps bounds the energies.
    const runaway = epochsOf(inpainter, { epochs: 200, loss: 'energy', learningRate: 1e6 })
    await expect(runaway).rejects.toMatchObject({
      code: 'LACUNA_E_DIVERGED',
      message: expect.stringMatching(
        /the energies have run away to \d+.* at step .*in tensor energy/,
      ),
    })
  })
})
