import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { decode } from 'fast-png'
import {
  ConditionalGaussian,
  EnergyInpainter,
  type Images,
  Matrix,
  paste,
  Random,
  readImages,
  writeIdx,
} from 'lacuna'
import { drawMasks, holeErrors } from 'lacuna/completion'
import { beforeAll, describe, expect, test } from 'vitest'
import { type ComparisonJob, compare as compareMethods } from '../dist/comparison/comparison.js'
import { smallFiles, writeFolder } from './digits-folder.js'
import { lacuna, type Outcome, start, temporaryFolder } from './lacuna-command.js'

const files = smallFiles(240, 30)
const data = temporaryFolder()
writeFolder(data, files)
const train = await readImages(files.get('train-images-idx3-ubyte')!)
const tested = await readImages(files.get('t10k-images-idx3-ubyte')!)
const folder = temporaryFolder()
const [out, save, models] = ['out', 'save', 'models'].map(name => join(folder, name)) as [
  string,
  string,
  string,
]
const compare = (...args: string[]) =>
  lacuna(['compare', '--data', data, '--seed', '7', '--out', out, ...args])
const saved = (name: string): Promise<Images> =>
  readImages(readFileSync(join(save, `${name}-images-idx3-ubyte`)))

describe('a comparison from beginning to end', () => {
  let outcome: Outcome
  let result: ReturnType<typeof JSON.parse>
  beforeAll(async () => {
    outcome = await compare(
      '--methods',
      'sheet,nearest',
      '--save',
      save,
      '--models',
      models,
      '--json',
    )
    result = JSON.parse(outcome.stdout)
  })

  test('measures those that are asked for and those that are always there, from plain to strong', () => {
    expect([outcome.code, outcome.stderr]).toEqual([0, expect.any(String)])
    const names = result.methods.map(({ name }: { name: string }) => name)
    expect(names).toEqual(['gray', 'mean', 'nearest', 'conditional-pca', 'sheet'])
    expect(result).toMatchObject({
      seed: 7,
      masks: 'patch',
      data: { name: 'custom' },
      images: { train: 200, heldOut: 40, test: 30 },
    })
    expect(JSON.parse(readFileSync(join(out, 'compare.json'), 'utf8'))).toEqual(result)
    expect(outcome.stderr).toMatch(/^sheet|^the sheet's generator( +[\d.]+){1}/m)
    expect(outcome.stderr).not.toContain('\r')
  })

  test('the saved files hold true and incomplete images, the holes and every completion', async () => {
    expect(readdirSync(save).sort()).toEqual(
      ['conditional-pca', 'gray', 'incomplete', 'mask', 'mean', 'nearest', 'sheet', 'true'].map(
        name => `${name}-images-idx3-ubyte`,
      ),
    )
    const [truth, incomplete, mask] = await Promise.all(['true', 'incomplete', 'mask'].map(saved))
    expect(truth!.pixels).toEqual(tested.pixels)
    const expected = drawMasks('patch', 30, tested, new Random(7, 0, 1))
    expect(mask!.pixels).toEqual(Uint8Array.from(expected.data, m => 255 * m))
    for (const name of ['gray', 'mean', 'nearest', 'conditional-pca', 'sheet', 'incomplete']) {
      const { pixels } = await saved(name)
      for (const [at, level] of pixels.entries())
        if (!mask!.pixels[at] && level !== truth!.pixels[at]) expect.fail(`${name}: ${at}`)
    }
    expect(incomplete!.pixels.filter((_, at) => mask!.pixels[at]).every(p => p === 128)).toBe(true)
  })

  test('the errors are those of the library on the same holes; the ridge is the chosen one', () => {
    const truth = tested.matrix()
    const mask = drawMasks('patch', 30, tested, new Random(7, 0, 1))
    const z = paste(truth, new Matrix(truth.rows, truth.cols), mask)
    const figures = (name: string) =>
      result.methods.find((method: { name: string }) => method.name === name)
    const { ridge } = figures('conditional-pca').chosen
    const gaussian = ConditionalGaussian.fit(train.slice(0, 200), { ridge })
    const inpainter = EnergyInpainter.load(readFileSync(join(models, 'sheet.safetensors')))
    for (const [name, completed] of [
      ['gray', z],
      ['conditional-pca', gaussian.complete(z, mask)],
      ['sheet', inpainter.complete(z, mask)],
    ] as const)
      expect(figures(name), name).toMatchObject(holeErrors(truth, completed, mask))
    for (const { recognition, realism } of result.methods) {
      expect(recognition).toBeGreaterThanOrEqual(0)
      expect(recognition).toBeLessThanOrEqual(1)
      expect(realism * 60).toBeCloseTo(Math.round(realism * 60), 9) // a share of 60 images
    }
  })

  test('the picture has a row for each, with the digits where they belong', () => {
    const { width, height, data, text } = decode(readFileSync(join(out, 'compare.png')))
    expect(height).toBe(3 + 7 * (2 * 28 + 3))
    expect(text.Description).toContain('true, incomplete, gray, mean, nearest')
    // The last of the twelve true digits, pixel by pixel, twice as large.
    const left = width - 2 * 28 - 3
    for (let y = 0; y < 56; y++)
      for (let x = 0; x < 56; x++)
        expect(data[(3 + y) * width + left + x]).toBe(
          tested.pixels[(11 * 28 + Math.floor(y / 2)) * 28 + Math.floor(x / 2)],
        )
    expect(data.subarray(0, 60 * width)).toContain(235) // a name is written
  })

  test('a second time trained models are at hand, and every figure is the same', async () => {
    const { code, stdout, stderr } = await compare(
      '--methods',
      'sheet,nearest',
      '--models',
      models,
      '--json',
    )
    expect(code).toBe(0)
    const again = JSON.parse(stdout)
    expect(again.seconds.sheet.train).toBeUndefined()
    const without = ({ methods, ...rest }: typeof result) => ({
      ...rest,
      seconds: undefined,
      methods: methods.map(({ chosen, ...figures }: { chosen?: object }) => figures),
    })
    expect(without(again)).toEqual(without(result))
    expect(stderr).toMatch(/sheet's generator.*at hand/)
  })
})

describe('images and holes that a method cannot do with', () => {
  const some = (count: number, height: number, width: number) => {
    const pixels = new Uint8Array(count * height * width).map((_, i) => (i * i * 37) >> (i % 5))
    const labels = new Uint8Array(count).map((_, i) => i % 3)
    return { images: { count, height, width, pixels }, labels }
  }
  /** What is noted of methods that are not asked for by name. */
  const notesOf = async (job: Pick<ComparisonJob, 'train' | 'test' | 'masks' | 'methods'>) => {
    const notes: string[] = []
    const compared: string[] = []
    const whole = { ...job, seed: 1, named: [], checkpoints: new Map() }
    for await (const report of compareMethods(whole)) {
      if ('note' in report) notes.push(report.note)
      if ('compared' in report) compared.push(report.compared.name)
    }
    return { notes, compared }
  }

  test('are left out with a note', async () => {
    const left = 'window fills 6×6 patches only, and is left out'
    for (const [height, width] of [
      [8, 8],
      [1, 1],
      [40, 12],
    ] as const) {
      const [train, test] = [some(20, height, width), some(5, height, width)]
      const methods = ['gray', 'nearest', 'window']
      const found = await notesOf({ train, test, masks: 'patch', methods })
      expect(found).toEqual({ notes: [left], compared: ['gray', 'nearest'] })
    }
    const [train, test] = [some(20, 28, 28), some(5, 28, 28)]
    const methods = ['gray', 'window']
    const found = await notesOf({ train, test, masks: 'strokes', methods })
    expect(found).toEqual({ notes: [left], compared: ['gray'] })
  })

  test('are an error if the method was named', async () => {
    const small = temporaryFolder()
    const parts = { train: some(20, 8, 9), t10k: some(5, 8, 9) }
    for (const [part, { images, labels }] of Object.entries(parts)) {
      const { count, height, width, pixels } = images
      const idx = writeIdx([count, height, width], pixels)
      writeFileSync(join(small, `${part}-images-idx3-ubyte`), idx)
      writeFileSync(join(small, `${part}-labels-idx1-ubyte`), writeIdx([count], labels))
    }
    const plain = await lacuna(['compare', '--data', small, '--out', out])
    expect([plain.code, plain.stdout]).toEqual([0, expect.stringMatching(/^nearest neighbour /m)])
    expect(plain.stdout).not.toMatch(/^window/m) // its checkpoint has learnt from other images
    for (const args of [
      ['--data', small],
      ['--data', data, '--masks', 'strokes'],
    ]) {
      const { code, stderr } = await compare('--methods', 'nearest,window', ...args)
      expect([code, stderr]).toEqual([
        1,
        expect.stringMatching(/LACUNA_E_OPTION: window cannot do/),
      ])
    }
    const sheet = await lacuna(['sheet', '--data', small, '--out', join(small, 'none')])
    expect([sheet.code, sheet.stderr]).toEqual([
      1,
      expect.stringMatching(/LACUNA_E_DATA: .*8×9, not 28×28/),
    ])
  })
})

test('what cannot be is refused before any work', async () => {
  const elsewhere = join(folder, 'elsewhere')
  const cases: [string[], RegExp][] = [
    [['--methods', 'nearist'], /LACUNA_E_OPTION: there is no method 'nearist'/],
    [['--masks', 'star'], /LACUNA_E_OPTION.*star/],
    [['--n', '31'], /LACUNA_E_OPTION: --n must be a whole number from 1 to 30/],
    [['--save', '/proc/no'], /LACUNA_E_WRITE/],
  ]
  for (const [args, why] of cases) {
    const { code, stdout, stderr } = await lacuna([
      ...['compare', '--data', data, '--out', elsewhere, ...args],
    ])
    expect(stderr).toMatch(why)
    expect([code, stdout]).toEqual([1, ''])
  }
  expect(existsSync(elsewhere)).toBe(false)
})

test('Ctrl-C stops it, and what was trained is kept', async () => {
  const kept = join(folder, 'kept')
  const args = ['--methods', 'window', '--models', kept, '--out', join(folder, 'stopped')]
  const { child, outcome } = start(['compare', '--data', data, ...args])
  // The first checkpoint is there; the training of the next takes minutes.
  while (child.exitCode === null && !existsSync(join(kept, 'conditional-pca.safetensors')))
    await delay(20)
  child.kill('SIGINT')
  const { code, stdout, stderr } = await outcome
  expect([code, stdout]).toEqual([130, ''])
  expect(stderr).toContain('LACUNA_E_ABORTED: stopped before the comparison was done')
  expect(stderr).toContain(`What was trained is in ${kept}`)
  expect(readdirSync(kept)).toEqual(['conditional-pca.safetensors'])
  expect(existsSync(join(folder, 'stopped', 'compare.json'))).toBe(false)
})
