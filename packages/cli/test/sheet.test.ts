import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { decode } from 'fast-png'
import { JSDOM } from 'jsdom'
import {
  EnergyInpainter,
  Images,
  type Matrix,
  PrincipalComponents,
  paste,
  Random,
  readImages,
  removePatch,
  vis10,
} from 'lacuna'
import { holeErrors, NearestNeighbours } from 'lacuna/completion'
import { beforeAll, describe, expect, test } from 'vitest'
import { smallFiles, writeFolder } from './digits-folder.js'
import { lacuna, type Outcome, start, temporaryFolder } from './lacuna-command.js'

const files = smallFiles()
const data = temporaryFolder()
writeFolder(data, files)
const images = {
  train: await readImages(files.get('train-images-idx3-ubyte')!),
  test: await readImages(files.get('t10k-images-idx3-ubyte')!),
}
const seed = 7
const settings = ['--data', data, '--train-size', '150', '--seed', String(seed)]

const folder = temporaryFolder()
const bytes = (run: string, name: string) => readFileSync(join(folder, run, name))
const json = (run: string, name: string) => JSON.parse(bytes(run, name).toString())
const records = (run: string) =>
  existsSync(join(folder, run, 'metrics.jsonl'))
    ? bytes(run, 'metrics.jsonl').toString().split('\n').filter(Boolean)
    : []

/** Runs the sheet in a folder of its own. */
const sheet = (run: string, ...more: string[]) =>
  lacuna(['sheet', '--out', join(folder, run), ...more])

/** Starts it, and stops it by a signal as soon as `ready` says so. */
async function stopWhen(ready: () => boolean, signal: NodeJS.Signals, args: string[]) {
  const { child, outcome } = start(args)
  while (child.exitCode === null && !ready()) await delay(20)
  child.kill(signal)
  return outcome
}

describe('a run from beginning to end', () => {
  let outcome: Outcome
  beforeAll(async () => {
    outcome = await sheet('whole', ...settings, '--epochs', '11', '--json')
  })

  test('writes every figure, the checkpoint, the metrics and the report', () => {
    expect([outcome.code, outcome.stderr]).toEqual([0, expect.any(String)])
    expect(readdirSync(join(folder, 'whole')).sort()).toEqual([
      'architecture.svg',
      'checkpoint.safetensors',
      'config.json',
      'generator-completed.png',
      'generator-incomplete.png',
      'incomplete.png',
      'ladder.json',
      'ladder.png',
      'loss-curve.svg',
      'metrics.json',
      'metrics.jsonl',
      'original.png',
      'pca-10.png',
      'pca-360.png',
      'pca-60.png',
      'report.html',
      'source.json',
      'state.safetensors',
    ])
  })

  test('with --json, standard output is one document: metrics, ladder, paths and seconds', () => {
    const { ladder, paths, seconds, ...metrics } = JSON.parse(outcome.stdout)
    expect(ladder).toEqual(json('whole', 'ladder.json'))
    expect(metrics).toEqual(json('whole', 'metrics.json'))
    expect(seconds).toBeGreaterThan(0)
    for (const path of Object.values<string>(paths)) expect(existsSync(path)).toBe(true)
  })

  test('says on standard error what it does, without control characters', () => {
    expect(outcome.stderr).toMatch(/^Incomplete digits and their PCA completions are in .*whole$/m)
    expect(outcome.stderr).toMatch(/^epoch +err\n {4}0 {2}0\.\d{4}\n(.*\n)* {3}10 {2}0\.\d{4}$/m)
    expect(outcome.stderr).toMatch(/^Report: \/.*whole\/report\.html$/m)
    expect(outcome.stderr).not.toContain('\u001b')
    expect(outcome.stderr).not.toContain('\r')
  })

  test('the pictures are those of the library on the same holes', async () => {
    const truth = images.test.matrix(0, 10)
    const { incomplete, mask } = removePatch(truth, new Random(seed))
    const components = PrincipalComponents.fit(images.train)
    const inpainter = EnergyInpainter.load(bytes('whole', 'checkpoint.safetensors'))
    const expected: [string, Matrix][] = [
      ['original', truth],
      ['incomplete', incomplete],
      ...[10, 60, 360].map((d): [string, Matrix] => [
        `pca-${d}`,
        paste(incomplete, components.reconstruct(incomplete, d), mask),
      ]),
      ['generator-incomplete', incomplete],
      ['generator-completed', inpainter.complete(incomplete, mask)],
    ]
    for (const [name, x] of expected)
      expect(bytes('whole', `${name}.png`).equals(await vis10(x)), name).toBe(true)
  })

  test('the metrics are measured on all test images, over the holes only', () => {
    const truth = images.test.matrix()
    const { incomplete, mask } = removePatch(truth, new Random(seed, 0, 1))
    const inpainter = EnergyInpainter.load(bytes('whole', 'checkpoint.safetensors'))
    const metrics = json('whole', 'metrics.json')
    expect(metrics).toMatchObject({
      seed,
      epochs: 11,
      trainSize: 150,
      loss: 'log',
      data: { name: 'custom', fingerprint: expect.stringMatching(/^sha256:/) },
      images: { train: 250, test: 30 },
    })
    expect(Object.keys(metrics.holeErrors)).toEqual([
      'gray',
      'pca-10',
      'pca-60',
      'pca-360',
      'generator',
    ])
    expect(metrics.holeErrors.gray).toEqual(holeErrors(truth, incomplete, mask))
    expect(metrics.holeErrors.generator).toEqual(
      holeErrors(truth, inpainter.complete(incomplete, mask), mask),
    )
    const [ten, gray] = [metrics.holeErrors['pca-10'].mse, metrics.holeErrors.gray.mse]
    expect(ten).toBeLessThan(gray)
    expect(metrics.losses.map(({ epoch }: { epoch: number }) => epoch)).toEqual([
      ...Array(11).keys(),
    ])
    expect(Math.abs(metrics.losses[0].meanLoss - Math.LN2)).toBeLessThan(0.05)
  })

  test('the ladder has the figures of the sheet, and those of methods on the same holes', async () => {
    const truth = images.test.matrix()
    const { incomplete, mask } = removePatch(truth, new Random(seed, 0, 1))
    const { methods, leftOut } = json('whole', 'ladder.json')
    const names = ['gray', 'mean', 'nearest', 'pca-60', 'conditional-pca', 'sheet']
    expect(methods.map(({ name }: { name: string }) => name)).toEqual(names)
    // The ready-made models have learnt from other images.
    expect(leftOut).toEqual(expect.arrayContaining(['supervised', 'window', 'any']))
    const { holeErrors: errors } = json('whole', 'metrics.json')
    const [gray, , nearest, pca, , generator] = methods
    expect(gray).toMatchObject(errors.gray)
    expect(pca).toMatchObject(errors['pca-60'])
    expect(generator).toMatchObject(errors.generator)
    const neighbours = NearestNeighbours.of(images.train.slice(0, 208), 1)
    expect(nearest).toMatchObject(holeErrors(truth, neighbours.complete(incomplete, mask), mask))
  })

  test('the picture of the ladder shows the ten digits of the figures, row by row', async () => {
    const { width, height, data: levels } = decode(bytes('whole', 'ladder.png'))
    expect(height).toBe(3 + 7 * (2 * 28 + 3))
    const truth = images.test.matrix(0, 10)
    const { incomplete, mask } = removePatch(truth, new Random(seed))
    const inpainter = EnergyInpainter.load(bytes('whole', 'checkpoint.safetensors'))
    for (const [row, x] of [
      [0, truth],
      [1, incomplete],
      [6, inpainter.complete(incomplete, mask)],
    ] as const) {
      const { pixels } = Images.fromMatrix(x, images.test)
      const [left, top] = [width - 10 * 59, 3 + row * 59]
      for (const [at, level] of pixels.entries()) {
        const [i, y, x] = [Math.floor(at / 784), Math.floor(at / 28) % 28, at % 28]
        if (levels[(top + 2 * y) * width + left + 59 * i + 2 * x] !== level)
          expect.fail(`row ${row}, digit ${i}: (${x}, ${y})`)
      }
    }
  })

  test('the report stands alone: no script, nothing fetched', () => {
    const html = bytes('whole', 'report.html').toString()
    const { document } = new JSDOM(html).window
    expect(document.querySelectorAll('script, link, iframe, object')).toHaveLength(0)
    const sources = [...document.querySelectorAll('[src], [href]')].map(
      element => element.getAttribute('src') ?? element.getAttribute('href')!,
    )
    expect(sources.length).toBeGreaterThan(10)
    for (const source of sources) expect(source).toMatch(/^data:image\/png;base64,/)
    expect(html.replaceAll('http://www.w3.org/2000/svg', '')).not.toMatch(/https?:|url\((?!#)/)
    for (const image of document.querySelectorAll('img')) expect(image.alt).not.toBe('')
    const { holeErrors: errors } = json('whole', 'metrics.json')
    expect(document.querySelector('.metrics')!.textContent).toContain(
      errors.generator.mse.toFixed(4),
    )
    const rungs = [...document.querySelectorAll('table.ladder tbody tr')]
    expect(rungs).toHaveLength(6)
    for (const rung of rungs) expect(rung.querySelector('p')!.textContent).toMatch(/\w+\.$/)
    expect(document.body.textContent).toContain('lacuna train inpainter --data FOLDER')
    expect(document.querySelector('pre')!.textContent).toContain('--train-size 150 --epochs 11')
    expect(html).not.toContain(folder)
  })

  test('the drawings are well-formed', () => {
    for (const name of ['architecture.svg', 'loss-curve.svg']) {
      const svg = bytes('whole', name).toString()
      const { document } = new JSDOM(svg, { contentType: 'image/svg+xml' }).window
      expect(document.documentElement.namespaceURI).toBe('http://www.w3.org/2000/svg')
      expect(document.querySelectorAll('text').length).toBeGreaterThan(5)
    }
  })

  test('--resume refuses another run, and a folder without one', async () => {
    const before = new Map(readdirSync(join(folder, 'whole')).map(f => [f, bytes('whole', f)]))
    const cases: [string, string[], RegExp][] = [
      ['none', [], /there is no config\.json/],
      ['whole', ['--seed', '8'], /its seed is 7, not 8/],
      ['whole', ['--train-size', '151'], /its trainSize is 150, not 151/],
      ['whole', ['--loss', 'hinge'], /its loss is log, not hinge/],
      ['whole', ['--epochs', '10'], /11 epochs behind it, more than 10/],
      ['whole', ['--data', 'strokes'], /its data are custom, and these \(strokes\) are others/],
    ]
    for (const [run, more, why] of cases) {
      const { code, stdout, stderr } = await sheet(run, '--resume', ...more)
      expect(stderr).toMatch(/^lacuna: LACUNA_E_RESUME: /m)
      expect(stderr).toMatch(why)
      expect([code, stdout]).toEqual([1, ''])
    }
    for (const [name, content] of before) expect(bytes('whole', name).equals(content)).toBe(true)
    expect(existsSync(join(folder, 'none'))).toBe(false)
  })
})

test('stopped by Ctrl-C and killed outright, it goes on to the bits of a run never stopped', async () => {
  const out = ['--out', join(folder, 'stopped')]
  const args = ['sheet', ...out, ...settings, '--epochs', '5000']
  const interrupted = await stopWhen(() => records('stopped').length >= 2, 'SIGINT', args)
  expect([interrupted.code, interrupted.stdout.includes('Report')]).toEqual([130, false])
  const done = records('stopped').length
  expect(interrupted.stderr).toContain(`LACUNA_E_ABORTED: stopped after ${done} of 5000 epochs`)
  expect(interrupted.stderr).toContain(`Go on with: lacuna sheet --resume --out ${out[1]}`)
  EnergyInpainter.load(bytes('stopped', 'checkpoint.safetensors'))

  const resumed = ['sheet', ...out, '--resume', '--data', data]
  const killed = await stopWhen(() => records('stopped').length >= done + 2, 'SIGKILL', resumed)
  expect(killed.code).toBe(null)

  const epochs = String(records('stopped').length + 2)
  expect((await lacuna([...resumed, '--epochs', epochs])).code).toBe(0)
  expect((await sheet('straight', ...settings, '--epochs', epochs)).code).toBe(0)
  const names = readdirSync(join(folder, 'straight'))
  expect(readdirSync(join(folder, 'stopped')).filter(name => !name.endsWith('.tmp'))).toEqual(names)
  for (const name of names)
    expect(bytes('stopped', name).equals(bytes('straight', name)), name).toBe(true)
})

test('stopped before training, it says so and can go on', async () => {
  const args = ['sheet', '--out', join(folder, 'early'), ...settings, '--epochs', '1']
  const early = join(folder, 'early', 'incomplete.png')
  const { code, stderr } = await stopWhen(() => existsSync(early), 'SIGTERM', args)
  expect(code).toBe(130)
  expect(stderr).toContain('LACUNA_E_ABORTED: stopped after 0 of 1 epochs')
  expect(stderr).not.toMatch(/^ +at /m)
  expect(existsSync(join(folder, 'early', 'report.html'))).toBe(false)
})

test('strokes need neither files nor network, and the table is printed', async () => {
  const args = ['--data', 'strokes', '--train-size', '100', '--epochs', '1', '--loss', 'hinge']
  const { code, stdout } = await sheet('strokes', ...args)
  expect(code).toBe(0)
  expect(stdout).toMatch(/^ +MSE +PSNR +MAE$/m)
  expect(stdout).toMatch(/^PCA, d = 360( +\d+\.\d+){2} dB +\d+\.\d+$/m)
  expect(json('strokes', 'metrics.json')).toMatchObject({
    loss: 'hinge',
    data: { name: 'strokes' },
  })
  expect(bytes('strokes', 'report.html').toString()).toContain('max(0, m + d)')
})

test('each network has a learning rate, which --resume keeps', async () => {
  const rates = ['--energy-rate', '0.1', '--generator-rate', '0.02']
  expect((await sheet('rates', ...settings, ...rates, '--epochs', '1')).code).toBe(0)
  const resume = ['--resume', '--data', data, '--epochs', '2']
  const other = await sheet('rates', ...resume, '--generator-rate', '0.05')
  expect([other.code, other.stderr]).toEqual([
    1,
    expect.stringMatching(/LACUNA_E_RESUME: .*its generatorRate is 0\.02, not 0\.05/),
  ])
  expect((await sheet('rates', ...resume, '--generator-rate', '0.02')).code).toBe(0)
  const learningRate = { energy: 0.1, generator: 0.02 }
  expect(json('rates', 'metrics.json')).toMatchObject({ epochs: 2, learningRate })
  expect(bytes('rates', 'report.html').toString()).toContain(rates.join(' '))
  const inpainter = EnergyInpainter.create({ seed })
  for await (const _ of inpainter.train(images.train.slice(0, 150), { epochs: 2, learningRate }));
  expect(bytes('rates', 'checkpoint.safetensors').equals(inpainter.save())).toBe(true)

  const none = await sheet('none', ...settings, '--energy-rate', '0', '--generator-rate', '0.0')
  expect(none.stderr).toMatch(/LACUNA_E_OPTION: .* must not both be 0/)
  expect((await sheet('none', '--energy-rate', '-1')).stderr).toMatch(/LACUNA_E_OPTION/)
})

test('a training that diverges keeps what was learnt, and names the options to try', async () => {
  const { code, stderr } = await lacuna([
    ...['sheet', ...settings, '--epochs', '20', '--loss', 'square-square', '--energy-rate', '5'],
    ...['--out', join(folder, 'diverged')],
  ])
  expect([code, stderr]).toEqual([
    1,
    expect.stringMatching(
      /LACUNA_E_DIVERGED: .*at step \d of epoch \d+;.* tensor energy[\s\S]*is kept in .*diverged\. .*--energy-rate and --generator-rate: try 0\.01/,
    ),
  ])
  const checkpoint = EnergyInpainter.load(bytes('diverged', 'checkpoint.safetensors'))
  expect(checkpoint.energy(images.test.matrix(0, 5)).every(Number.isFinite)).toBe(true)
})

test('more training images than there are, are refused', async () => {
  const { code, stderr } = await sheet('large', '--data', data, '--train-size', '251')
  expect(code).toBe(1)
  expect(stderr).toMatch(/LACUNA_E_OPTION: --train-size must be a whole number from 1 to 250.*251/)
  expect(existsSync(join(folder, 'large'))).toBe(false)
})
