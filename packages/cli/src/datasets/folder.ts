import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { type LabelledImages, LacunaError, readImages, readLabels } from 'lacuna'
import { mnistFiles } from './mnist-files.js'

/** No file of digits comes near this size, so a larger one is not read into memory. */
const LARGEST_FILE = 1 << 28

/** The names that a file goes by: as MNIST has it or with a dot, plain or gzipped. */
function spellings(name: string): string[] {
  const dotted = name.replace('-idx', '.idx')
  return [name, `${name}.gz`, dotted, `${dotted}.gz`]
}

/**
 * Finds the four files in a folder.
 * @returns the path of each file found, and the names of those that are missing
 * @throws LACUNA_E_DATA if the folder does not exist or cannot be read
 */
export async function findFiles(
  folder: string,
): Promise<{ paths: Map<string, string>; missing: string[] }> {
  const present = new Set(
    await readdir(folder).catch((error: NodeJS.ErrnoException) => {
      const what =
        error.code === 'ENOENT'
          ? 'does not exist'
          : error.code === 'ENOTDIR'
            ? 'is not a folder'
            : `cannot be read: ${error.message}`
      throw unusable(`the data folder ${folder} ${what}`, error)
    }),
  )
  const paths = new Map<string, string>()
  for (const { name } of mnistFiles) {
    const found = spellings(name).find(spelling => present.has(spelling))
    if (found !== undefined) paths.set(name, join(folder, found))
  }
  return { paths, missing: mnistFiles.map(file => file.name).filter(name => !paths.has(name)) }
}

/**
 * Reads a training and a test set from the four IDX files in a folder.
 *
 * @throws LACUNA_E_DATA if the folder or a file is missing or cannot be read, or the files do not
 *   fit together; LACUNA_E_IDX if one is malformed
 */
export async function readFolder(
  folder: string,
  signal?: AbortSignal,
): Promise<{ train: LabelledImages; test: LabelledImages }> {
  const { paths, missing } = await findFiles(folder)
  if (missing.length > 0)
    throw unusable(`the data folder ${folder} lacks ${missing.join(', ')} (plain or with .gz)`)
  const part = async (prefix: string): Promise<LabelledImages> => {
    const imagesPath = paths.get(`${prefix}-images-idx3-ubyte`)!
    const labelsPath = paths.get(`${prefix}-labels-idx1-ubyte`)!
    const images = await readWith(readImages, imagesPath)
    const labels = await readWith(readLabels, labelsPath)
    signal?.throwIfAborted()
    if (images.count < 2) throw unusable(`${imagesPath} holds fewer than two images`)
    if (images.count !== labels.length)
      throw unusable(
        `${imagesPath} has ${images.count} images but ${labelsPath} has ${labels.length} labels`,
      )
    return { images, labels }
  }
  const [train, test] = [await part('train'), await part('t10k')]
  const [trained, tested] = [train, test].map(({ images }) => `${images.height}×${images.width}`)
  if (trained !== tested)
    throw unusable(`in ${folder} the training images are ${trained} and the test images ${tested}`)
  return { train, test }
}

async function readWith<T>(read: (bytes: Uint8Array) => Promise<T>, path: string): Promise<T> {
  const bytes = await readWhole(path)
  try {
    return await read(bytes)
  } catch (error) {
    if (!(error instanceof LacunaError)) throw error
    const what = error.message.slice(error.code.length + 2)
    throw new LacunaError(error.code, `${path}: ${what}`, error.hint, { cause: error })
  }
}

async function readWhole(path: string): Promise<Uint8Array> {
  try {
    const { size } = await stat(path).then(found => {
      if (!found.isFile()) throw new Error('it is not a file')
      return found
    })
    if (size > LARGEST_FILE) throw new Error(`it is ${size} bytes long`)
    return await readFile(path)
  } catch (error) {
    throw unusable(`cannot read ${path}: ${(error as Error).message}`, error)
  }
}

function unusable(message: string, cause?: unknown): LacunaError {
  return new LacunaError(
    'LACUNA_E_DATA',
    message,
    'Name a folder with the four MNIST files, or use --data mnist to download them or --data strokes to do without.',
    { cause },
  )
}
