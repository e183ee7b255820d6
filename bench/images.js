// The images that all tasks and peers share: MNIST's 70,000 if LACUNA_DATA names its folder, else as
// many strokes. The last 10,000 are to be completed, the others to train on.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Images, readImages, strokes } from '../packages/lacuna/dist/index.js'

export const TESTED = 10_000
const QUICK = 20_000

async function mnist(folder) {
  const sets = ['train', 't10k'].map(set => {
    const path = join(folder, `${set}-images-idx3-ubyte`)
    return readImages(readFileSync(existsSync(path) ? path : `${path}.gz`))
  })
  return Promise.all(sets)
}

/** What the images are. */
export const imagesName = process.env.LACUNA_DATA ? 'MNIST' : 'strokes (synthetic handwriting)'

/**
 * @param quick whether a part of them will do
 * @returns the images, and `file`, where the bytes of their pixels are for other processes
 */
export async function openImages(quick) {
  const folder = process.env.LACUNA_DATA
  const count = quick ? QUICK : 70_000
  let sets
  if (folder) sets = await mnist(folder)
  else {
    const { train, test } = strokes({ seed: 1, train: count - TESTED, test: TESTED })
    sets = [train.images, test.images]
  }
  const [{ height, width }] = sets
  const all = new Uint8Array(Buffer.concat(sets.map(({ pixels }) => pixels)))
  const pixels = all.subarray(all.length - count * height * width)
  const images = new Images(count, height, width, pixels)
  const temporary = mkdtempSync(join(tmpdir(), 'lacuna-bench-'))
  process.on('exit', () => rmSync(temporary, { recursive: true, force: true }))
  const file = join(temporary, 'images')
  writeFileSync(file, pixels)
  return { images, file }
}
