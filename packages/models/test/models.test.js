import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readImages, readSafetensors, WindowInpainter } from '../../lacuna/dist/index.js'

const here = file => new URL(`../${file}`, import.meta.url)
const models = JSON.parse(readFileSync(here('models.json'), 'utf8'))
const bytesOf = name => readFileSync(here(`${name}.safetensors`))

test('the files are those that models.json names, together under 10 MB', () => {
  const files = readdirSync(here('')).filter(name => name.endsWith('.safetensors'))
  expect(files.sort()).toEqual(Object.keys(models).map(name => `${name}.safetensors`))
  let total = 0
  for (const [name, { bytes, sha256 }] of Object.entries(models)) {
    const file = bytesOf(name)
    expect(file.length, name).toBe(bytes)
    expect(createHash('sha256').update(file).digest('hex'), name).toBe(sha256)
    total += file.length
  }
  expect(total).toBeLessThan(10e6)
})

// 100 steps of the recipe that begins as `window` does.
const folder = process.env.LACUNA_DATA
const missing = folder ? '' : ' (skipped: LACUNA_DATA names no folder with MNIST)'
test.skipIf(missing)(`a training begins as that of the model did${missing}`, async () => {
  const plain = join(folder, 'train-images-idx3-ubyte')
  const all = await readImages(readFileSync(existsSync(plain) ? plain : `${plain}.gz`))
  const { metadata } = readSafetensors(bytesOf('window'))
  expect(JSON.parse(metadata.training)).toMatchObject({
    recipe: 'window',
    steps: models.window.firstReport.steps,
  })
  const inpainter = WindowInpainter.create({ seed: Number(metadata.seed), recipe: 'window' })
  for await (const { state: _, ...figures } of inpainter.train(all.slice(0, 50_000))) {
    // JSON has no NaN.
    expect(JSON.parse(JSON.stringify(figures))).toEqual(models.window.firstReport)
    break
  }
})
