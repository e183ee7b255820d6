import { createHash } from 'node:crypto'
import { type LabelledImages, LacunaError } from 'lacuna'

/** A training and a test set of digits, and where they came from. */
export type Dataset = {
  readonly train: LabelledImages
  readonly test: LabelledImages
  /** `MNIST`, `strokes`, or `custom` for anything else found in a folder. */
  readonly name: string
  readonly origin: 'folder' | 'cache' | 'download' | 'generated'
  /** The folder that holds the files; absent if they were generated. */
  readonly folder?: string
  /** SHA-256 of sizes, pixels and labels: equal data have equal fingerprints, whatever their files. */
  readonly fingerprint: string
}

const MNIST = 'sha256:54a6da3e10567d2fbe1898f668bc6d1fbbbcff6bba828e2a93f0c3e12e859afb'

/** The fingerprint of a training and a test set. */
export function fingerprint(...parts: readonly LabelledImages[]): string {
  const hash = createHash('sha256')
  for (const { images, labels } of parts) {
    hash.update(`${images.count}×${images.height}×${images.width} `)
    hash.update(images.pixels).update(labels)
  }
  return `sha256:${hash.digest('hex')}`
}

/**
 * Data for what is made for images of the sheet's size.
 * @throws LACUNA_E_DATA if they have another
 */
export function ofSheetSize(data: Dataset): Dataset {
  const { height, width } = data.train.images
  if (height === 28 && width === 28) return data
  throw new LacunaError(
    'LACUNA_E_DATA',
    `the images in ${data.folder} are ${height}×${width}, not 28×28`,
    'Scale them to 28×28; only `lacuna compare`, `complete` and `data` take images of any size.',
  )
}

/** What `--data` is to be for images of this name; undefined if only their folder can tell. */
export function choiceFor(name: string): string | undefined {
  return { MNIST: 'mnist', strokes: 'strokes' }[name]
}

/** What a data set read from files is called: by its content, never by its path. */
export function nameOf(print: string): string {
  return print === MNIST ? 'MNIST' : 'custom'
}
