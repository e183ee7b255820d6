import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { JSDOM } from 'jsdom'
import { AnyMaskInpainter, EnergyInpainter, readImages, WindowInpainter } from 'lacuna'
import { beforeAll, describe, expect, test } from 'vitest'
import { smallFiles, writeFolder } from './digits-folder.js'
import { lacuna, type Outcome, start, temporaryFolder } from './lacuna-command.js'

const folder = temporaryFolder()
const at = (...path: string[]) => join(folder, ...path)
const read = (...path: string[]) => readFileSync(at(...path))
const data = at('data')
writeFolder(data, smallFiles(60, 20))

const train = (...options: string[]) => lacuna(['train', 'inpainter', '--data', data, ...options])

/** The files of a finished run that equal runs share byte for byte. */
const same = ['checkpoint.safetensors', 'metrics.json', 'report.html', 'completed.png']

describe('a run from beginning to end', () => {
  let trained: Outcome
  beforeAll(async () => {
    trained = await train('--recipe', 'heads', '--steps', '12', '--out', at('heads'), '--json')
  })

  test('leaves the files of a run, and prints the figures as JSON', () => {
    expect([trained.code, trained.stderr]).toEqual([
      0,
      expect.stringMatching(/Best of the answers: MSE [\s\S]*Report: .*heads\/report/),
    ])
    for (const name of [
      ...['config.json', 'metrics.jsonl', 'metrics.json', 'state.safetensors', 'original.png'],
      ...['incomplete.png', 'completed.png', 'answers-1.png', 'training-curve.svg'],
    ])
      expect(readdirSync(at('heads'))).toContain(name)
    const { paths, seconds, ...metrics } = JSON.parse(trained.stdout)
    expect(metrics).toEqual(JSON.parse(read('heads', 'metrics.json').toString()))
    expect(metrics).toMatchObject({ recipe: 'heads', steps: 12, trainSize: 50, seed: 1 })
    expect(metrics.training.map(({ step }: { step: number }) => step)).toEqual([2, 4, 6, 8, 10, 12])
    expect(seconds).toBeGreaterThan(0)
    for (const path of Object.values<string>(paths)) expect(existsSync(path), path).toBe(true)
  })

  test('counts every answer once, and judges weights by how often they are right', () => {
    const { heads, holeErrors } = JSON.parse(read('heads', 'metrics.json').toString())
    const sum = (name: string) =>
      heads.weights.reduce(
        (total: number, its: Record<string, number>) => total + its.heads! * its[name]!,
        0,
      )
    // 20 images have five heads each, whose weights add up to 1, and one of which is the nearest.
    expect(heads.weights.reduce((n: number, its: { heads: number }) => n + its.heads, 0)).toBe(100)
    expect(sum('said')).toBeCloseTo(20, 10)
    expect(sum('found')).toBeCloseTo(20, 10)
    expect(heads.bestMse).toBeLessThan(holeErrors.heads.mse)
  })

  test('leaves a model that loads, and a report that shows it', () => {
    expect(WindowInpainter.load(read('heads', 'checkpoint.safetensors')).recipe).toBe('heads')
    const { document } = new JSDOM(read('heads', 'report.html').toString()).window
    expect(document.querySelector('h1')!.textContent).toContain('heads')
    expect(document.querySelectorAll('img').length).toBeGreaterThan(3)
    expect(document.body.textContent).toContain(
      'lacuna train inpainter --recipe heads --data FOLDER --train-size 50 --steps 12 --seed 1',
    )
  })

  test.each(['SIGINT', 'SIGKILL'] as const)(
    'stopped by %s it goes on to the same bits',
    async signal => {
      const out = ['--out', at(signal)]
      const options = ['--recipe', 'heads', '--steps', '12', '--data', data, ...out]
      const { child, outcome } = start(['train', 'inpainter', ...options])
      while (!existsSync(at(signal, 'state.safetensors'))) await delay(5)
      child.kill(signal)
      const { code, stderr } = await outcome
      if (code === 130)
        expect(stderr).toMatch(/stopped after \d+ of 12 steps\nGo on with: lacuna train inpainter/)
      if (code !== 0) expect((await train('--resume', ...out)).code).toBe(0) // else it was done before
      for (const name of same)
        expect(read(signal, name).equals(read('heads', name)), name).toBe(true)
    },
  )
})

test.each([
  ['sheet', EnergyInpainter],
  ['any', AnyMaskInpainter],
  ['supervised', WindowInpainter],
] as const)('the recipe %s trains a model of its own', async (recipe, model) => {
  const { code, stdout } = await train('--recipe', recipe, '--steps', '3', '--out', at(recipe))
  expect(code).toBe(0)
  expect(stdout).toMatch(new RegExp(`gray, as it was .*\\n *${recipe} `))
  const inpainter = model.load(read(recipe, 'checkpoint.safetensors'))
  const images = await readImages(read('data', 't10k-images-idx3-ubyte'))
  const z = images.matrix(0, 1)
  const mask = images.matrix(0, 1)
  mask.data.fill(0)
  for (let r = 11; r < 17; r++) mask.data.fill(1, 28 * r + 11, 28 * r + 17)
  expect(inpainter.complete(z, mask).data).not.toEqual(z.data)
})

test('says what is wrong with options, and what another run in the folder is', async () => {
  const wrong = async (...options: string[]) => {
    const { code, stderr } = await train(...options)
    expect(code).toBe(1)
    return stderr
  }
  expect(await wrong('--recipe', 'other')).toMatch(/LACUNA_E_OPTION.*heads/)
  expect(await wrong('--train-size', '61')).toMatch(/LACUNA_E_OPTION.*from 1 to 60/)
  expect(await wrong('--steps', '0')).toMatch(/LACUNA_E_OPTION.*--steps/)
  expect(await wrong('--resume', '--out', at('nothing'))).toMatch(/LACUNA_E_RESUME/)
  expect(await wrong('--resume', '--out', at('heads'), '--seed', '2')).toMatch(
    /its seed is 1, not 2/,
  )
})
