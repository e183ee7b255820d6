import { randomBytes } from 'node:crypto'
import { mkdir, open, readdir, rename, rmdir, stat, unlink } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { LacunaError } from 'lacuna'

/** What is written: at once, or piece by piece. */
export type Content = string | Uint8Array | AsyncIterable<string>

/**
 * Writes a file so that at every moment, also if the process is killed or the power fails, its name
 * stands for the old content or the whole new one: a temporary name in the same folder, synced,
 * renamed, and the folder synced. The folder is made if need be.
 *
 * @throws LACUNA_E_WRITE naming the path, or what `content` throws; whatever stood there before is
 *   left as it was
 */
export async function writeFile(path: string, content: Content): Promise<void> {
  const folder = dirname(resolve(path))
  const temporary = temporaryPath(resolve(path))
  try {
    await makeFolder(folder)
    await writeSynced(temporary, content)
    await rename(temporary, path)
    await syncFolder(folder)
  } catch (error) {
    await unlink(temporary).catch(() => {})
    throw error instanceof LacunaError ? error : cannotWrite(path, error)
  }
}

/**
 * Finds out, before any long work, whether files can be written into a folder that need not exist
 * yet. Leaves no trace.
 *
 * @throws LACUNA_E_WRITE naming the folder
 */
export async function requireWritable(folder: string): Promise<void> {
  const path = resolve(folder)
  try {
    const firstMade = await makeFolder(path)
    const probe = temporaryPath(join(path, 'probe'))
    await writeSynced(probe, '')
    await unlink(probe)
    if (firstMade !== undefined)
      for (let made = path; made.length >= firstMade.length; made = dirname(made)) await rmdir(made)
  } catch (error) {
    throw cannotWrite(folder, error)
  }
}

/** A hidden name of its own, beside the file that it stands for until that is whole. */
export function temporaryPath(path: string): string {
  return join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}.tmp`)
}

/**
 * Removes the temporary files that processes have left in a folder which were killed as they wrote.
 * Only whoever alone writes in the folder may call this.
 */
export async function removeHalfWritten(folder: string): Promise<void> {
  const names = await readdir(folder).catch((): string[] => [])
  for (const name of names.filter(name => /^\..+\.[0-9a-f]{12}\.tmp$/.test(name)))
    await unlink(join(folder, name)).catch(() => {})
}

/**
 * Makes a folder and those above it that are missing, and returns the topmost one made. (Node 20's
 * own recursive mkdir never returns where a file system refuses new folders, such as /proc.)
 */
export async function makeFolder(path: string): Promise<string | undefined> {
  try {
    await mkdir(path)
    return path
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EEXIST' && (await stat(path)).isDirectory()) return undefined
    if (code !== 'ENOENT' || dirname(path) === path) throw error
    const above = await makeFolder(dirname(path))
    await mkdir(path)
    return above ?? path
  }
}

async function writeSynced(path: string, content: Content): Promise<void> {
  const file = await open(path, 'wx')
  try {
    const pieces =
      typeof content === 'string' || content instanceof Uint8Array ? [content] : content
    for await (const piece of pieces) await file.writeFile(piece)
    await file.sync()
  } finally {
    await file.close()
  }
}

/** Makes a rename durable. Windows cannot open a folder and needs no such thing. */
async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}

/** The error for a file or folder that could not be written. */
export function cannotWrite(path: string, cause: unknown): LacunaError {
  const reason = cause instanceof Error ? cause.message : String(cause)
  return new LacunaError(
    'LACUNA_E_WRITE',
    `cannot write ${path}: ${reason}`,
    'Check that the folder exists or can be made, that you may write there, and that the disk has room.',
    { cause },
  )
}
