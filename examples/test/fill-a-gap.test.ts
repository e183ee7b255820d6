import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { decode } from 'fast-png'
import { type Images, strokes, writeIdx } from 'lacuna'
import { afterAll, expect, test } from 'vitest'

const example = fileURLToPath(new URL('../dist/fill-a-gap.js', import.meta.url))
const data = mkdtempSync(join(tmpdir(), 'lacuna-data-'))
afterAll(() => rmSync(data, { recursive: true, force: true }))

test('the example draws several answers that leave what is known alone', async () => {
  const { train, test: held } = strokes({ seed: 1, train: 250, test: 10 })
  const idx = ({ count, height, width, pixels }: Images) => writeIdx([count, height, width], pixels)
  writeFileSync(join(data, 'train-images-idx3-ubyte'), idx(train.images))
  writeFileSync(join(data, 't10k-images-idx3-ubyte'), idx(held.images))
  const picture = join(data, 'made', 'gap.png')
  const env = { ...process.env, LACUNA_DATA: data }
  const { stdout } = await promisify(execFile)(process.execPath, [example, picture, '10'], { env })
  expect(stdout).toMatch(/epoch 9: pseudo-log-likelihood -\d/)
  expect(stdout.match(/relative probabilities of the 5 answers/g)!.length).toBe(8)

  const { width, height, data: levels } = decode(readFileSync(picture))
  expect([width, height]).toEqual([3 * 30 * 7, 3 * 30 * 8])
  const pixel = (digit: number, column: number, p: number) => {
    const [x, y] = [30 * column + 1 + (p % 28), 30 * digit + 1 + Math.floor(p / 28)]
    return levels[3 * y * width + 3 * x]!
  }
  let different = 0
  for (let digit = 0; digit < 8; digit++)
    for (let p = 0; p < 784; p++) {
      const inGap = p % 28 >= 11 && p % 28 < 17 && p >= 11 * 28 && p < 17 * 28
      const truth = held.images.pixels[784 * digit + p]! >= 128 ? 255 : 0
      expect(pixel(digit, 6, p)).toBe(truth)
      expect(pixel(digit, 0, p)).toBe(inGap ? 128 : truth)
      for (let answer = 1; answer <= 5; answer++) {
        if (!inGap) expect(pixel(digit, answer, p)).toBe(truth)
        else if (pixel(digit, answer, p) !== pixel(digit, 1, p)) different++
      }
    }
  expect(different).toBeGreaterThan(0)
})
