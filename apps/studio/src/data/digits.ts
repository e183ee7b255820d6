import { type Images, type LabelledImages, readImages, readLabels, strokes } from 'lacuna'
import type { Context } from '../worker/calls.js'
import { download } from './download.js'

/** Which data: synthetic handwriting, or what the server has. */
export interface DataSource {
  /** The address of the studio, to which files are relative. */
  readonly site: string
  /** `strokes`, or the name of the server's data: `MNIST` or `custom`. */
  readonly data: string
}

/** Whose handwriting: the data set is the one that the `lacuna` command draws. */
const SEED = 1

/** How many digits to train on there are among the strokes. */
const STROKES = 12_000

/** Digits drawn at least, so that browsing through them draws them once. */
const AT_LEAST = 100

let drawn: LabelledImages | undefined

/** Test digits: for strokes at least as many as are asked for, and otherwise all. */
export async function testDigits(
  { site, data }: DataSource,
  count: number,
  context: Context,
): Promise<LabelledImages> {
  if (data === 'strokes') {
    if (!drawn || drawn.images.count < count)
      drawn = strokes({ seed: SEED, train: 0, test: Math.max(AT_LEAST, count) }).test
    return drawn
  }
  fetched ??= fetchTestDigits(site, context)
  fetched.catch(() => {
    fetched = undefined // to be tried again
  })
  return fetched
}

let fetched: Promise<LabelledImages> | undefined

async function fetchTestDigits(site: string, context: Context): Promise<LabelledImages> {
  const part = (name: string) => download(`${site}data/t10k-${name}`, 'test digits', context)
  return {
    images: await readImages(await part('images-idx3-ubyte')),
    labels: await readLabels(await part('labels-idx1-ubyte')),
  }
}

/** The first training images; all there are if nothing is said. */
export async function trainingImages(
  { site, data }: DataSource,
  context: Context,
  count?: number,
): Promise<Images> {
  if (data === 'strokes') {
    context.progress({ what: 'Drawing digits to learn from' })
    return strokes({ seed: SEED, train: count ?? STROKES, test: 0 }).train.images
  }
  const url = `${site}data/train-images-idx3-ubyte`
  const images = await readImages(await download(url, 'digits to learn from', context))
  return images.slice(0, Math.min(count ?? images.count, images.count))
}
