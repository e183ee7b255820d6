import { execFile } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { gzipSync } from 'node:zlib'
import { decode } from 'fast-png'
import { type Images, strokes, writeIdx } from 'lacuna'
import { afterAll, beforeAll, expect, test } from 'vitest'

const notebook = fileURLToPath(new URL('../dist/sheet10.js', import.meta.url))
const data = mkdtempSync(join(tmpdir(), 'lacuna-data-'))
const pictures = join(data, 'made', 'by', 'the notebook')
let printed: string

const { train, test: held } = strokes({ seed: 1, train: 250, test: 10 })

beforeAll(async () => {
  const idx = ({ count, height, width, pixels }: Images) => writeIdx([count, height, width], pixels)
  writeFileSync(join(data, 'train-images-idx3-ubyte.gz'), gzipSync(idx(train.images)))
  writeFileSync(join(data, 't10k-images-idx3-ubyte'), idx(held.images))
  const env = { ...process.env, LACUNA_DATA: data }
  const run = promisify(execFile)(process.execPath, [notebook, '11', pictures], { env })
  printed = (await run).stdout
})

afterAll(() => rmSync(data, { recursive: true, force: true }))

/** The levels of a strip's pixels, one for each of its 4×4 squares, image by image. */
function levels(name: string): Uint8Array[] {
  const { width, height, data } = decode(readFileSync(join(pictures, `${name}.png`)))
  expect([width, height]).toEqual([1120, 112])
  return Array.from({ length: 10 }, (_, i) =>
    Uint8Array.from({ length: 784 }, (_, pixel) => {
      const [row, column] = [Math.floor(pixel / 28), 28 * i + (pixel % 28)]
      return data[4 * (row * width + column)]!
    }),
  )
}

/** Which of the 784 pixels of picture a differ from those of b. */
const changed = (a: Uint8Array, b: Uint8Array) =>
  [...a.keys()].filter(pixel => a[pixel] !== b[pixel])

test('the notebook prints the error at epochs 0 and 10, first near log 2', () => {
  const lines = printed.trimEnd().split('\n')
  expect(lines.map(line => line.split(' ')[0])).toEqual(['0', '10'])
  for (const line of lines) expect(line).toMatch(/^\d+ \d\.\d{4}$/)
  expect(Math.abs(Number(lines[0]!.slice(2)) - Math.LN2)).toBeLessThan(0.1)
})

test('the notebook draws the sheet’s pictures: the test digits, changed in the hole only', () => {
  expect(readdirSync(pictures).sort()).toEqual([
    '10-completed.png',
    '10-incomplete.png',
    '4-incomplete.png',
    '6-pca-10.png',
    '6-pca-360.png',
    '6-pca-60.png',
  ])
  for (let i = 0; i < 10; i++) {
    const truth = held.images.slice(i, i + 1).pixels
    for (const name of ['4-incomplete', '10-incomplete']) {
      const z = levels(name)[i]!
      const hole = changed(z, truth)
      expect(hole.every(pixel => z[pixel] === 128)).toBe(true)
      expect(hole.length).toBeGreaterThan(30)
      expect(hole.length).toBeLessThanOrEqual(36)
    }
    const z = levels('10-incomplete')[i]!
    const hole = [...z.keys()].filter(pixel => z[pixel] === 128)
    const filled = changed(levels('10-completed')[i]!, z)
    expect(filled.length).toBeGreaterThan(30)
    expect(filled.every(pixel => hole.includes(pixel))).toBe(true)
    const byPca = [10, 60, 360].map(d => levels(`6-pca-${d}`)[i]!)
    for (const a of byPca) expect(changed(a, truth).length).toBeLessThanOrEqual(36)
    for (const [a, b] of [
      [0, 1],
      [1, 2],
    ] as const)
      expect(changed(byPca[a]!, byPca[b]!).length).toBeGreaterThan(0)
  }
})
