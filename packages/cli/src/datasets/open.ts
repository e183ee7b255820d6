import { join } from 'node:path'
import { LacunaError } from 'lacuna'
import { duration, type Progress } from '../progress.js'
import { cacheFolder } from './cache-folder.js'
import { type Dataset, fingerprint, nameOf } from './dataset.js'
import { download } from './download.js'
import { findFiles, readFolder } from './folder.js'
import { mirrors, mnistFiles } from './mnist-files.js'
import { drawStrokes } from './strokes.js'

/**
 * Opens the data that `--data` names: `strokes`, a folder, `mnist` or `auto`.
 *
 * `mnist` is the folder in `LACUNA_DATA` if that is set, else the cache, else a download into it.
 * `auto` is the same, and strokes if MNIST cannot be had. A folder that is named, be it by the
 * variable, is never replaced by something else.
 *
 * @throws LACUNA_E_DATA, LACUNA_E_IDX, LACUNA_E_DOWNLOAD, LACUNA_E_WRITE
 */
export async function openDataset(
  choice: string,
  progress: Progress,
  signal: AbortSignal,
): Promise<Dataset> {
  if (choice === 'strokes') return drawStrokes(progress, signal)
  if (choice !== 'auto' && choice !== 'mnist') return fromFolder(choice, 'folder', signal)
  const atHand = await datasetAtHand(progress, signal)
  if (atHand) return atHand
  const cache = mnistCache()
  try {
    await downloadMnist(cache, progress, signal)
  } catch (error) {
    const lacking =
      error instanceof LacunaError && /_E_(DOWNLOAD|WRITE)$/.test(error.code) ? error : undefined
    if (choice === 'mnist' || lacking === undefined) throw error
    const why = lacking.message.slice(lacking.code.length + 2)
    progress.note(`No MNIST: ${why}. Using strokes, synthetic handwriting, instead.`)
    return drawStrokes(progress, signal)
  }
  return fromFolder(cache, 'download', signal)
}

/**
 * What there is without a download: the folder in `LACUNA_DATA` if that is set, else the cache;
 * undefined if neither has MNIST. A cache that is damaged is as good as none.
 * @throws LACUNA_E_DATA, LACUNA_E_IDX if the folder that the variable names is unusable
 */
export async function datasetAtHand(
  progress: Progress,
  signal: AbortSignal,
): Promise<Dataset | undefined> {
  if (process.env.LACUNA_DATA) return fromFolder(process.env.LACUNA_DATA, 'folder', signal)
  const cache = mnistCache()
  if (!(await isComplete(cache))) return undefined
  const found = await fromFolder(cache, 'cache', signal).catch(error => {
    if (error instanceof LacunaError && /_E_(DATA|IDX)$/.test(error.code)) return undefined
    throw error
  })
  if (found?.name === 'MNIST') return found
  progress.note(`The copy of MNIST in ${cache} is damaged, and not used`)
  return undefined
}

const mnistCache = () => join(cacheFolder(), 'mnist')

async function fromFolder(
  folder: string,
  origin: Dataset['origin'],
  signal: AbortSignal,
): Promise<Dataset> {
  const { train, test } = await readFolder(folder, signal)
  const print = fingerprint(train, test)
  return { train, test, name: nameOf(print), origin, folder, fingerprint: print }
}

/** Whether all four files are in the cache. */
async function isComplete(cache: string): Promise<boolean> {
  try {
    return (await findFiles(cache)).missing.length === 0
  } catch {
    return false
  }
}

async function downloadMnist(
  cache: string,
  progress: Progress,
  signal: AbortSignal,
): Promise<void> {
  const total = mnistFiles.reduce((sum, file) => sum + file.download, 0)
  const megabytes = (bytes: number) => (bytes / 1e6).toFixed(1)
  progress.note(`Downloading MNIST (${megabytes(total)} MB) into ${cache}`)
  const start = performance.now()
  const onProgress = (received: number) => {
    const left = ((performance.now() - start) / received) * (total - received)
    progress.update({
      label: 'download',
      fraction: received / total,
      detail: `${megabytes(received)} of ${megabytes(total)} MB, ${duration(left)} left`,
    })
  }
  try {
    await download(mnistFiles, cache, { mirrors: mirrors(), signal, onProgress })
  } finally {
    progress.clear()
  }
}
