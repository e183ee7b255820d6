import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { type LabelledImages, strokes, writeIdx } from 'lacuna'

/** The bytes of the four files of a small data set, by name, not compressed. */
export function smallFiles(train = 250, test = 30): Map<string, Uint8Array> {
  const data = strokes({ seed: 3, train, test })
  return new Map([...filesOf('train', data.train), ...filesOf('t10k', data.test)])
}

function filesOf(part: string, { images, labels }: LabelledImages): [string, Uint8Array][] {
  const { count, height, width, pixels } = images
  return [
    [`${part}-images-idx3-ubyte`, writeIdx([count, height, width], pixels)],
    [`${part}-labels-idx1-ubyte`, writeIdx([count], labels)],
  ]
}

/** Writes them into a folder as a user may have them, by default plain and under MNIST's names. */
export function writeFolder(
  folder: string,
  files: Map<string, Uint8Array>,
  { gzip = false, dotted = false } = {},
): void {
  mkdirSync(folder, { recursive: true })
  for (const [name, bytes] of files) {
    const spelled = (dotted ? name.replace('-idx', '.idx') : name) + (gzip ? '.gz' : '')
    writeFileSync(join(folder, spelled), gzip ? gzipSync(bytes) : bytes)
  }
}
