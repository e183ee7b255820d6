import { describe, expect, test } from 'vitest'
import { Matrix } from '../dist/compute/matrix.js'
import { Random } from '../dist/compute/random.js'
import { Images } from '../dist/data/images.js'
import { strokes } from '../dist/data/strokes.js'
import { halved } from '../dist/formats/halved.js'
import { readSafetensors, writeSafetensors } from '../dist/formats/safetensors.js'
import { holeErrors } from '../dist/inpainting/hole-errors.js'
import { removePatch } from '../dist/inpainting/remove-patch.js'
import { writeWindowCheckpoint } from '../dist/inpainting/window-checkpoint.js'
import { WindowInpainter } from '../dist/inpainting/window-inpainter.js'
import { WindowNetworks, windowArchitecture } from '../dist/inpainting/window-networks.js'
import type { WindowRecipeName } from '../dist/inpainting/window-recipes.js'
import type { WindowProgress } from '../dist/inpainting/window-training.js'
import type { NetworkShape } from '../dist/network/state-dict.js'

const { train, test: held } = strokes({ seed: 1, train: 300, test: 150 })
const x = held.images.matrix()
const { incomplete, mask, patches } = removePatch(x, new Random(1))

const recipes = ['supervised', 'window', 'heads'] as const

/** Compares bytes fast: megabytes are too many for toEqual. */
const same = (a: Uint8Array, b: Uint8Array) => Buffer.compare(a, b) === 0
const sameNumbers = (a: Matrix, b: Matrix) =>
  same(new Uint8Array(a.data.buffer), new Uint8Array(b.data.buffer))

async function progressOf(
  inpainter: WindowInpainter,
  options: object,
  images: Images = train.images,
): Promise<WindowProgress[]> {
  const all: WindowProgress[] = []
  for await (const progress of inpainter.train(images, options)) all.push(progress)
  return all
}

describe('checkpoints', () => {
  test.each(recipes)('of %s give back the same model, and the same bytes', recipe => {
    const inpainter = WindowInpainter.create({ seed: 5, recipe })
    const bytes = inpainter.save()
    const loaded = WindowInpainter.load(bytes)
    expect(loaded.recipe).toBe(recipe)
    expect(loaded.score).toBe(recipe === 'heads' ? 'probability' : undefined)
    const [again, first] = [loaded, inpainter].map(model => model.complete(incomplete, mask))
    expect(sameNumbers(again!, first!)).toBe(true)
    expect(same(loaded.save(), bytes)).toBe(true)
  })

  test('load in half precision too, and answer almost the same', () => {
    const inpainter = WindowInpainter.create({ seed: 5 })
    const bytes = inpainter.save()
    const small = halved(bytes)
    expect(small.length).toBeLessThan(0.51 * bytes.length)
    const [exact, rounded] = [inpainter, WindowInpainter.load(small)].map(model =>
      model.complete(incomplete, mask),
    )
    expect(holeErrors(exact!, rounded!, mask).mse).toBeLessThan(1e-6)
    expect(sameNumbers(exact!, rounded!)).toBe(false)
  })

  test('carry PyTorch’s names and shapes', () => {
    const shapes = (recipe: 'window' | 'heads' | 'supervised') => {
      const { tensors } = readSafetensors(WindowInpainter.create({ seed: 1, recipe }).save())
      return [...tensors]
        .filter(([name]) => name.endsWith('weight'))
        .map(([name, { shape }]) => `${name} [${shape}]`)
        .sort()
    }
    const energy = [
      'energy.0.weight [256,196]',
      'energy.2.weight [256,256]',
      'energy.4.weight [1,256]',
    ]
    const generator = (outputs: number) => [
      'generator.0.weight [512,540]',
      'generator.2.weight [128,512]',
      'generator.4.weight [128,128]',
      `generator.6.weight [${outputs},128]`,
    ]
    expect(shapes('window')).toEqual([...energy, ...generator(36)])
    expect(shapes('supervised')).toEqual(generator(36))
    expect(shapes('heads')).toEqual([...energy, ...generator(185)])
  })

  test('that do not fit are refused, each with what is wrong', () => {
    const load = (change: (t: ReturnType<typeof readSafetensors>) => void) => () => {
      const file = readSafetensors(WindowInpainter.create({ seed: 5 }).save())
      change(file)
      return WindowInpainter.load(writeSafetensors(file.tensors, file.metadata))
    }
    expect(load(f => f.tensors.delete('energy.0.bias'))).toThrow(/_CHECKPOINT.*energy.0.bias.*miss/)
    const nan = { shape: [36], data: new Float32Array(36).fill(Number.NaN) }
    expect(load(f => f.tensors.set('generator.6.bias', nan))).toThrow(/NOT_FINITE.*generator.6/)
    const configure = (change: (c: Record<string, unknown>) => void) =>
      load(f => {
        const configuration = JSON.parse(f.metadata.configuration!)
        change(configuration)
        f.metadata.configuration = JSON.stringify(configuration)
      })
    expect(configure(c => Object.assign(c, { recipe: 'other' }))).toThrow(/_CHECKPOINT.*other/)
    expect(configure(c => Object.assign(c, { recipe: 'heads' }))).toThrow(/_CHECKPOINT/)
    expect(configure(c => delete c.energy)).toThrow(/_CHECKPOINT/)
    expect(configure(c => Object.assign(c, { image: { height: 0, width: 3 } }))).toThrow(
      /_CHECKPOINT/,
    )
    const bare = () => WindowInpainter.load(writeSafetensors(new Map()))
    expect(bare).toThrow(/_CHECKPOINT.*recipe/)
    expect(() => WindowInpainter.load(new Uint8Array(100))).toThrow(/_SAFETENSORS/)
  })
})

describe('initial weights', () => {
  test('are uniform in ±1/√fan-in, context and hole being inputs of their own', () => {
    const { tensors } = readSafetensors(WindowInpainter.create({ seed: 1, recipe: 'heads' }).save())
    const data = (name: string) => tensors.get(name)!.data as Float32Array
    const W = data('energy.0.weight')
    const uniform = (values: Float32Array, fanIn: number) => {
      const scaled = values.map(w => w * Math.sqrt(fanIn))
      expect(scaled.every(w => Math.abs(w) <= 1 + 1e-6)).toBe(true)
      const variance = scaled.reduce((sum, w) => sum + w * w, 0) / scaled.length
      const deviation = Math.sqrt(4 / 45 / scaled.length)
      expect(Math.abs(variance - 1 / 3)).toBeLessThan(4 * deviation)
    }
    uniform(
      W.filter((_, i) => i % 196 < 160),
      160,
    )
    uniform(
      W.filter((_, i) => i % 196 >= 160),
      36,
    )
    uniform(data('energy.0.bias'), 160)
    uniform(data('generator.0.weight'), 540)
    uniform(data('generator.6.bias').subarray(180), 128)
    // The pixels of the heads begin apart: N(0, ½²).
    const spread = data('generator.6.bias').subarray(0, 180)
    const variance = spread.reduce((sum, b) => sum + b * b, 0) / 180
    expect(Math.abs(variance - 0.25)).toBeLessThan(4 * 0.25 * Math.sqrt(2 / 180))
  })
})

describe('completions', () => {
  test('keep observed pixels bit for bit, and look at nothing in the hole', () => {
    const inpainter = WindowInpainter.create({ seed: 3 })
    const completed = inpainter.complete(incomplete, mask)
    expect(sameNumbers(inpainter.complete(x, mask), completed)).toBe(true)
    const kept = completed.data.every((value, i) => mask.data[i] === 1 || value === x.data[i])
    expect(kept).toBe(true)
    const last = inpainter.complete(incomplete.slice(149, 150), mask.slice(149, 150))
    expect(last.data).toEqual(completed.slice(149, 150).data)
  })

  test('move with the digit: a hole is filled by what is around it, wherever it is', () => {
    const inpainter = WindowInpainter.create({ seed: 3 })
    const moved = (matrix: Matrix) => {
      // Three rows down; what falls out at the bottom is background of a digit, as is what comes in.
      const out = new Matrix(1, 784, new Float32Array(784).fill(matrix.data[0]!))
      out.data.set(matrix.data.subarray(0, 784 - 84), 84)
      return out
    }
    const [z, m] = [incomplete.slice(0, 1), mask.slice(0, 1)]
    const blank = (row: number) => z.row(0).subarray(28 * row, 28 * row + 28)
    expect([25, 26, 27].every(row => blank(row).every(value => value === -1))).toBe(true)
    const there = inpainter.complete(moved(z), moved(m))
    expect(there).toEqual(moved(inpainter.complete(z, m)))
  })

  test('of several heads are different, likeliest first, and the first is the completion', () => {
    const inpainter = WindowInpainter.create({ seed: 3, recipe: 'heads' })
    const answers = inpainter.completions(incomplete, mask, 5)
    const completed = inpainter.complete(incomplete, mask)
    expect(answers).toHaveLength(150)
    expect(answers.some(({ scores }) => scores.length > 2)).toBe(true)
    for (const [i, { completed: images, scores }] of answers.entries()) {
      expect(images.row(0)).toEqual(completed.row(i))
      expect([...scores]).toEqual([...scores].sort((a, b) => b - a))
      expect(scores.every(score => score >= 0.1)).toBe(true)
      for (let k = 0; k < images.rows; k++) {
        const observed = images.row(k).every((v, j) => mask.row(i)[j] === 1 || v === x.row(i)[j])
        expect(observed).toBe(true)
      }
    }
    for (const [i, { completed: images, scores }] of inpainter.heads(incomplete, mask).entries()) {
      expect(images.rows).toBe(5)
      expect(scores.reduce((a, b) => a + b)).toBeCloseTo(1, 12)
      const painted = Array.from({ length: 5 }, (_, k) => String(images.row(k)))
      expect(painted).toContain(String(completed.row(i)))
    }
    const two = inpainter.completions(incomplete.slice(0, 9), mask.slice(0, 9), 2)
    for (const [i, { completed: images, scores }] of two.entries()) {
      expect(scores).toEqual(answers[i]!.scores.slice(0, 2))
      expect(images.row(0)).toEqual(answers[i]!.completed.row(0))
    }
    const [only] = WindowInpainter.create({ seed: 3 }).completions(
      x.slice(0, 1),
      mask.slice(0, 1),
      3,
    )
    expect([...only!.scores]).toEqual([1])
  })

  test('refuse other holes and unfit numbers, each with its place', () => {
    const inpainter = WindowInpainter.create({ seed: 3 })
    const [z, m] = [incomplete.slice(0, 2), new Matrix(2, 784, mask.slice(0, 2).data.slice())]
    expect(() => inpainter.complete(z, new Matrix(2, 784))).toThrow(/LACUNA_E_SHAPE.*image 0.*6×6/)
    expect(() => inpainter.complete(z, new Matrix(1, 784))).toThrow(/LACUNA_E_SHAPE.*mask/)
    expect(() => inpainter.complete(new Matrix(2, 783), m)).toThrow(/LACUNA_E_SHAPE.*2×784/)
    expect(() => inpainter.completions(z, m, 0)).toThrow(/LACUNA_E_OPTION/)
    m.row(1)[3] = 1
    expect(() => inpainter.complete(z, m)).toThrow(/LACUNA_E_SHAPE.*image 1.*37 pixels/)
    m.row(1)[3] = 0.5
    expect(() => inpainter.complete(z, m)).toThrow(/LACUNA_E_OPTION.*row 1, column 3/)
    const bad = new Matrix(2, 784, z.data.slice())
    bad.row(1)[7] = Number.NaN
    expect(() => inpainter.complete(bad, m)).toThrow(/LACUNA_E_NOT_FINITE.*row 1, column 7/)
    expect(() => WindowInpainter.create({ seed: 0.5 })).toThrow(/LACUNA_E_OPTION.*seed/)
    const small = { seed: 1, image: { height: 5, width: 9 } }
    expect(() => WindowInpainter.create(small)).toThrow(/LACUNA_E_OPTION.*from 6/)
    const other = { seed: 1, recipe: 'other' as 'window' }
    expect(() => WindowInpainter.create(other)).toThrow(/LACUNA_E_OPTION.*other/)
  })
})

describe('energies', () => {
  test('are those of the hole in its surroundings, alone', () => {
    const inpainter = WindowInpainter.create({ seed: 3 })
    const energies = inpainter.energy(x, mask)
    expect(inpainter.energy(x.slice(120, 121), mask.slice(120, 121))[0]).toBe(energies[120])
    const { row, column } = patches[0]!
    const changed = (r: number, c: number) => {
      const image = new Matrix(1, 784, x.row(0).slice())
      image.data[28 * r + c]! += 0.5
      return inpainter.energy(image, mask.slice(0, 1))[0]
    }
    // The energy network sees 4 pixels beyond the hole, in all directions.
    for (const [r, c, seen] of [
      [row, column, true],
      [row - 4, column + 9, true],
      [row - 5, column, false],
      [row, column + 10, false],
    ] as const)
      expect(changed(r, c) !== energies[0], `${r}, ${c}`).toBe(seen)
    const supervised = WindowInpainter.create({ seed: 3, recipe: 'supervised' })
    expect(() => supervised.energy(x, mask)).toThrow(/LACUNA_E_OPTION.*supervised/)
  })
})

/** An inpainter with networks so small that a thousand steps are quick. */
function small(recipe: WindowRecipeName, seed = 4, image = { height: 28, width: 28 }) {
  const { generator, energy } = windowArchitecture(recipe, image)
  const narrow = ({ sizes }: NetworkShape): NetworkShape => ({
    sizes: [sizes[0]!, 12, 8, sizes.at(-1)!],
    activations: ['leakyRelu', 'leakyRelu', 'identity'],
  })
  const architecture = {
    recipe,
    image,
    generator: narrow(generator),
    ...(energy && { energy: narrow(energy) }),
  }
  const networks = new WindowNetworks(architecture, 1)
  networks.initialise(seed)
  return WindowInpainter.load(writeWindowCheckpoint(networks, { seed }))
}

describe('training', () => {
  test.each(recipes)('of %s reports how it goes, and resumes to the same bits', async recipe => {
    const inpainter = small(recipe)
    const run = { steps: 415 }
    const progress = await progressOf(inpainter, { ...run, threads: 1 })
    const states = progress.filter(({ state }) => state)
    const tenths = [42, 84, 126, 168, 210, 252, 294, 336, 378, 415]
    expect(states.map(({ step }) => step)).toEqual(tenths)
    const all = [...tenths, 100, 200, 300, 400].sort((a, b) => a - b)
    expect(progress.map(({ step }) => step)).toEqual(all)
    expect(progress.every(({ steps }) => steps === 415)).toBe(true)
    // The generator begins alone: with 166 of 415 steps, or all.
    const alone = progress.filter(({ contrast }) => Number.isNaN(contrast)).map(({ step }) => step)
    expect(alone).toEqual(recipe === 'supervised' ? all : [42, 84, 100, 126, 168])

    const resumed = small(recipe)
    const rest = await progressOf(resumed, { ...run, resume: states[4]!.state, threads: 2 })
    expect(rest).toEqual(progress.slice(-rest.length))
    expect(rest[0]!.step).toBe(252)
    expect(same(resumed.save(), inpainter.save())).toBe(true)
    const finished = small(recipe)
    expect(await progressOf(finished, { ...run, resume: states[9]!.state })).toEqual([])
    expect(same(finished.save(), inpainter.save())).toBe(true)
  })

  test('brings completions near the truth, and lets the energy network tell them from it', async () => {
    const inpainter = small('window')
    const progress = await progressOf(inpainter, { steps: 700, threads: 1 })
    const completed = inpainter.complete(incomplete, mask)
    // Gray is above 0.8, and the mean of such holes, which looks at nothing, above 0.6.
    expect(holeErrors(x, completed, mask).mse).toBeLessThan(0.45)
    const contrasts = progress.map(({ contrast }) => contrast).filter(Number.isFinite)
    expect(Math.min(...contrasts)).toBeLessThan(Math.LN2)
    const [ofTruth, ofPainted] = [x, completed].map(images => inpainter.energy(images, mask))
    const told = ofTruth!.filter((energy, i) => energy < ofPainted![i]!).length
    expect(told).toBeGreaterThan(75) // of 150
  })

  test('can be left, and the model keeps the weights of the last state', async () => {
    const inpainter = small('supervised')
    let last: Uint8Array | undefined
    const run = { steps: 1200, threads: 1 }
    for await (const { step, state } of inpainter.train(train.images, run)) {
      if (state) last = state
      if (step === 200) break
    }
    const other = small('supervised')
    for await (const _ of other.train(train.images, { ...run, resume: last! })) break
    expect(same(inpainter.save(), other.save())).toBe(true)
  })

  test('can be cancelled', async () => {
    const controller = new AbortController()
    const inpainter = small('window')
    const before = inpainter.save()
    setTimeout(() => controller.abort('enough'), 200)
    const training = progressOf(inpainter, { signal: controller.signal, threads: 1 })
    await expect(training).rejects.toMatchObject({ code: 'LACUNA_E_ABORTED', cause: 'enough' })
    expect(same(inpainter.save(), before)).toBe(true)
  })

  test('refuses states of other runs, images of other shapes, and options out of range', async () => {
    const [only] = await progressOf(small('supervised'), { steps: 1 })
    const resume = only!.state!
    const code = (code: string) => expect.objectContaining({ code })
    const rejected = (options: object, images?: Images, model = small('supervised')) =>
      expect(progressOf(model, options, images)).rejects
    await rejected({ resume, steps: 2 }).toEqual(code('LACUNA_E_RESUME'))
    const again = { resume, steps: 1 }
    await rejected(again, undefined, small('supervised', 5)).toEqual(code('LACUNA_E_RESUME'))
    await rejected(again, undefined, small('window')).toEqual(code('LACUNA_E_RESUME'))
    const model = small('supervised')
    const before = model.save()
    await rejected(again, train.images.slice(0, 299), model).toEqual(code('LACUNA_E_RESUME'))
    expect(same(model.save(), before)).toBe(true)
    expect(await progressOf(model, again)).toEqual([])
    expect(same(model.save(), before)).toBe(false)
    const checkpoint = small('supervised').save()
    await rejected({ resume: checkpoint, steps: 1 }).toEqual(code('LACUNA_E_RESUME'))
    await rejected({ steps: 0 }).toEqual(code('LACUNA_E_OPTION'))
    await rejected({ threads: 65 }).toEqual(code('LACUNA_E_OPTION'))
    await rejected({}, new Images(1, 8, 9, new Uint8Array(72))).toEqual(code('LACUNA_E_SHAPE'))
    await rejected({}, train.images.slice(0, 0)).toEqual(code('LACUNA_E_SHAPE'))
    // The sheet's patches do not fit into so small an image.
    const tiny = small('supervised', 4, { height: 10, width: 10 })
    const some = new Images(3, 10, 10, new Uint8Array(300))
    await rejected({ steps: 1 }, some, tiny).toEqual(code('LACUNA_E_OPTION'))
  })
})
