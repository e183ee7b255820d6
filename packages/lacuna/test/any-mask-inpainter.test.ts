import { describe, expect, test } from 'vitest'
import { Matrix } from '../dist/compute/matrix.js'
import { Random } from '../dist/compute/random.js'
import { Images } from '../dist/data/images.js'
import { readSafetensors, writeSafetensors } from '../dist/formats/safetensors.js'
import { AnyMaskInpainter } from '../dist/inpainting/any-mask-inpainter.js'
import type { AnyMaskProgress } from '../dist/inpainting/any-mask-training.js'
import { ConditionalGaussian } from '../dist/inpainting/conditional-gaussian.js'
import { drawMasks } from '../dist/inpainting/draw-masks.js'
import { holeErrors } from '../dist/inpainting/hole-errors.js'

const image = { height: 6, width: 5 }

/** Bars of random gray, so that a pixel says something of those beside it. */
function bars(count: number, seed = 1): Images {
  const random = new Random(seed)
  const pixels = new Uint8Array(count * 30)
  for (let i = 0; i < count; i++) {
    const [row, gray] = [random.integer(0, 5), random.integer(60, 256)]
    pixels.fill(gray, i * 30 + 5 * row, i * 30 + 5 * row + 10)
  }
  return new Images(count, image.height, image.width, pixels)
}

/** 10×10 pixels with a filled box, whose sides a Gaussian cannot know of. */
function boxes(count: number, seed: number): Images {
  const random = new Random(seed)
  const pixels = new Uint8Array(count * 100)
  for (let i = 0; i < count; i++) {
    const [top, left] = [random.integer(0, 5), random.integer(0, 5)]
    const [bottom, right] = [random.integer(top + 3, 10), random.integer(left + 3, 10)]
    for (let row = top; row <= bottom; row++)
      pixels.fill(255, i * 100 + 10 * row + left, i * 100 + 10 * row + right + 1)
  }
  return new Images(count, 10, 10, pixels)
}

async function progressOf(
  inpainter: AnyMaskInpainter,
  options: object,
  images = bars(25),
): Promise<AnyMaskProgress[]> {
  const all: AnyMaskProgress[] = []
  for await (const progress of inpainter.train(images, options)) all.push(progress)
  return all
}

const create = (seed = 4) => AnyMaskInpainter.create({ seed, image })
const same = (a: Uint8Array, b: Uint8Array) => Buffer.compare(a, b) === 0

describe('checkpoints', () => {
  test('give back the same model, and the same bytes when saved again', async () => {
    const inpainter = create()
    await progressOf(inpainter, { steps: 3 })
    const loaded = AnyMaskInpainter.load(inpainter.save())
    expect(same(loaded.save(), inpainter.save())).toBe(true)
    const x = bars(20, 2).matrix()
    const mask = drawMasks('half', 20, image, new Random(1))
    expect(loaded.complete(x, mask)).toEqual(inpainter.complete(x, mask))
  })

  test('carry the Gaussian of the training images and PyTorch’s names and shapes', async () => {
    const images = bars(25)
    const inpainter = create()
    await progressOf(inpainter, { steps: 1 }, images)
    const { tensors, metadata } = readSafetensors(inpainter.save())
    const gaussian = readSafetensors(ConditionalGaussian.fit(images).save()).tensors
    for (const [name, tensor] of gaussian) expect(tensors.get(name)).toEqual(tensor)
    const shapes = [...tensors].map(([name, { shape }]) => `${name} [${shape}]`)
    expect(shapes.sort()).toEqual([
      'corrector.0.bias [512]',
      'corrector.0.weight [512,60]',
      'corrector.2.bias [512]',
      'corrector.2.weight [512,512]',
      'corrector.4.bias [30]',
      'corrector.4.weight [30,512]',
      'gaussian.mean [30]',
      'gaussian.whitening [465]',
    ])
    expect(metadata.model).toBe('any-mask-inpainter')
    expect(JSON.parse(metadata.training!)).toMatchObject({ steps: 1, step: 1 })
  })

  test('that do not fit are refused, each with what is wrong', () => {
    const load = (change: (t: ReturnType<typeof readSafetensors>) => void) => () => {
      const file = readSafetensors(create().save())
      change(file)
      return AnyMaskInpainter.load(writeSafetensors(file.tensors, file.metadata))
    }
    expect(load(f => f.tensors.delete('gaussian.mean'))).toThrow(/_CHECKPOINT.*mean.*missing/)
    const nan = { shape: [30], data: new Float32Array(30).fill(Number.NaN) }
    expect(load(f => f.tensors.set('corrector.4.bias', nan))).toThrow(/NOT_FINITE.*corrector.4/)
    for (const configuration of [
      '{}',
      '{"image":{"height":6}}',
      '{"image":{"height":6,"width":-5}}',
    ])
      expect(load(f => Object.assign(f.metadata, { configuration }))).toThrow(/_CHECKPOINT.*config/)
    expect(load(f => Object.assign(f.metadata, { model: 'x' }))).toThrow(/_CHECKPOINT.*'x'/)
    const bare = () => AnyMaskInpainter.load(writeSafetensors(new Map()))
    expect(bare).toThrow(/_CHECKPOINT.*shape of its images/)
    expect(() => AnyMaskInpainter.load(new Uint8Array(100))).toThrow(/_SAFETENSORS/)
  })
})

describe('initial parameters', () => {
  test('are uniform in ±1/√fan-in, a tenth of that in the last layer, and of the seed', () => {
    const { tensors } = readSafetensors(create(1).save())
    const data = (name: string) => tensors.get(name)!.data as Float32Array
    for (const [name, bound] of [
      ['corrector.0.weight', 1 / Math.sqrt(60)],
      ['corrector.2.weight', 1 / Math.sqrt(512)],
      ['corrector.4.weight', 0.1 / Math.sqrt(512)],
    ] as const) {
      const scaled = data(name).map(w => w / bound)
      expect(scaled.every(w => Math.abs(w) <= 1 + 1e-6)).toBe(true)
      const variance = scaled.reduce((sum, w) => sum + w * w, 0) / scaled.length
      expect(Math.abs(variance - 1 / 3)).toBeLessThan(4 * Math.sqrt(4 / 45 / scaled.length))
    }
    expect(data('corrector.4.bias').every(b => b === 0)).toBe(true)
    const other = readSafetensors(create(2).save()).tensors
    expect(other.get('corrector.0.weight')!.data).not.toEqual(data('corrector.0.weight'))
  })

  test('refuse unfit options', () => {
    expect(() => AnyMaskInpainter.create({ seed: 0.5 })).toThrow(/LACUNA_E_OPTION.*seed/)
    const flat = { height: 0, width: 5 }
    expect(() => AnyMaskInpainter.create({ seed: 1, image: flat })).toThrow(/LACUNA_E_OPTION/)
    const wide = { height: 64, width: 65 }
    expect(() => AnyMaskInpainter.create({ seed: 1, image: wide })).toThrow(/TOO_LARGE.*4160/)
  })
})

describe('complete', () => {
  test('keeps observed pixels bit for bit, and looks at nothing but them', async () => {
    const inpainter = create()
    await progressOf(inpainter, { steps: 3 })
    const x = bars(250, 3).matrix() // more than are completed at a time
    for (const kind of ['strokes', 'half'] as const) {
      const mask = drawMasks(kind, 250, image, new Random(5))
      const completed = inpainter.complete(x, mask)
      const other = new Matrix(250, 30, x.data.slice())
      for (let i = 0; i < x.data.length; i++)
        if (mask.data[i]) other.data[i] = 7
        else expect(completed.data[i]).toBe(x.data[i])
      expect(inpainter.complete(other, mask).data).toEqual(completed.data)
      for (const i of [0, 133, 249]) {
        const alone = inpainter.complete(x.slice(i, i + 1), mask.slice(i, i + 1))
        expect(alone.data).toEqual(completed.slice(i, i + 1).data)
      }
      expect(completed.data.every(value => Math.abs(value) <= 1)).toBe(true)
    }
  })

  test('takes holes that are everything or nothing', async () => {
    const inpainter = create()
    const x = bars(2).matrix()
    const mask = new Matrix(2, 30)
    mask.row(1).fill(1)
    const completed = inpainter.complete(x, mask)
    expect(completed.row(0)).toEqual(x.row(0))
    expect(new Set(completed.row(1)).size).toBeGreaterThan(20)
  })

  test('refuses unfit input with its place', () => {
    const inpainter = create()
    const [x, mask] = [bars(2).matrix(), new Matrix(2, 30)]
    expect(() => inpainter.complete(new Matrix(2, 29), mask)).toThrow(/SHAPE.*2×30.*2×29/)
    expect(() => inpainter.complete(x, new Matrix(1, 30))).toThrow(/LACUNA_E_SHAPE.*mask/)
    mask.row(1)[5] = 0.5
    expect(() => inpainter.complete(x, mask)).toThrow(/LACUNA_E_OPTION.*row 1, column 5/)
    x.row(1)[7] = Number.NaN
    expect(() => inpainter.complete(x, mask)).toThrow(/LACUNA_E_NOT_FINITE.*row 1, column 7/)
  })
})

describe('training', () => {
  test('fills small holes better than the Gaussian alone, by much, and strokes too', async () => {
    const shape = { height: 10, width: 10 }
    const images = boxes(4000, 1)
    const inpainter = AnyMaskInpainter.create({ seed: 1, image: shape })
    const progress = await progressOf(inpainter, { steps: 120 }, images)
    expect(progress.at(-1)).toMatchObject({ step: 120, steps: 120 })
    const gaussian = ConditionalGaussian.fit(images)
    const x = boxes(300, 2).matrix()
    for (const [kind, share] of [
      ['patch', 0.5],
      ['strokes', 0.8],
    ] as const) {
      const mask = drawMasks(kind, x.rows, shape, new Random(2))
      const { mse } = holeErrors(x, inpainter.complete(x, mask), mask)
      expect(mse).toBeLessThan(share * holeErrors(x, gaussian.complete(x, mask), mask).mse)
    }
  })

  test('gives the same bytes twice, and when resumed, and states at their times', async () => {
    const whole = create()
    const options = { steps: 127 }
    const progress = await progressOf(whole, options)
    expect(progress.map(({ step }) => step)).toEqual([
      ...[13, 26, 39, 50, 52, 65, 78, 91, 100, 104, 117, 127],
    ])
    const states = progress.filter(({ state }) => state)
    expect(states.map(({ step }) => step)).toEqual([13, 26, 39, 52, 65, 78, 91, 104, 117, 127])
    const again = create()
    const others = await progressOf(again, { ...options, threads: 1 })
    expect(same(again.save(), whole.save())).toBe(true)
    // States are compared as bytes: as objects of millions of numbers it takes half a minute.
    const told = (all: AnyMaskProgress[]) => all.map(({ state, ...rest }) => rest)
    expect(told(others)).toEqual(told(progress))
    for (const k of [0, 4, 9]) {
      const { step, state } = states[k]!
      const resumed = create()
      const rest = await progressOf(resumed, { ...options, resume: state })
      const steps = rest.map(({ step }) => step)
      expect(steps).toEqual(progress.map(({ step }) => step).filter(after => after > step))
      expect(same(resumed.save(), whole.save())).toBe(true)
      if (k < 9) expect(same(rest.at(-1)!.state!, states[9]!.state!)).toBe(true)
    }
  })

  test('of a model that was trained before keeps its Gaussian', async () => {
    const inpainter = create()
    await progressOf(inpainter, { steps: 1 })
    const before = readSafetensors(inpainter.save()).tensors
    await progressOf(inpainter, { steps: 1 }, bars(40, 9))
    const after = readSafetensors(inpainter.save()).tensors
    expect(after.get('gaussian.whitening')).toEqual(before.get('gaussian.whitening'))
    expect(after.get('corrector.2.weight')).not.toEqual(before.get('corrector.2.weight'))
  })

  test('can be left and cancelled, and the model keeps what it had', async () => {
    const inpainter = create()
    const before = inpainter.save()
    for await (const { step } of inpainter.train(bars(25), { steps: 620 })) if (step === 50) break
    expect(same(inpainter.save(), before)).toBe(true)
    const controller = new AbortController()
    const { signal } = controller
    setTimeout(() => controller.abort('enough'), 200)
    await expect(progressOf(inpainter, { signal }, bars(2000))).rejects.toMatchObject({
      code: 'LACUNA_E_ABORTED',
      cause: 'enough',
    })
    expect(same(inpainter.save(), before)).toBe(true)
  })

  test('resumed with no step left, gives the model of the state', async () => {
    const inpainter = create()
    const resume = (await progressOf(inpainter, { steps: 2 })).at(-1)!.state!
    const resumed = create()
    expect(await progressOf(resumed, { steps: 2, resume })).toEqual([])
    expect(same(resumed.save(), inpainter.save())).toBe(true)
  })

  test('refuses states of other runs, and images and options that do not fit', async () => {
    const inpainter = create()
    const [only] = await progressOf(inpainter, { steps: 2 })
    const resume = only!.state!
    const rejected = async (code: string, options: object, images?: Images, seed = 4) => {
      const model = create(seed)
      await expect(progressOf(model, options, images)).rejects.toMatchObject({ code })
      expect(same(model.save(), create(seed).save())).toBe(true)
    }
    await rejected('LACUNA_E_RESUME', { resume, steps: 3 })
    await rejected('LACUNA_E_RESUME', { resume, steps: 2 }, bars(24))
    await rejected('LACUNA_E_RESUME', { resume, steps: 2 }, undefined, 5)
    await rejected('LACUNA_E_RESUME', { resume: create().save(), steps: 2 })
    await rejected('LACUNA_E_OPTION', { steps: 0 })
    await rejected('LACUNA_E_OPTION', { threads: 0 })
    await rejected('LACUNA_E_SHAPE', {}, new Images(1, 5, 6, new Uint8Array(30)))
    await rejected('LACUNA_E_SHAPE', {}, new Images(0, 6, 5, new Uint8Array(0)))
    await rejected('LACUNA_E_SHAPE', {}, bars(1))
  })
})
