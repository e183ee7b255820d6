import { link, open, readFile, rename, rmdir, unlink } from 'node:fs/promises'
import { hostname } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { LacunaError } from 'lacuna'
import { cannotWrite, makeFolder, temporaryPath } from './write-file.js'

const LOCK = 'lock.json'

/** Milliseconds after which a lock without content is of a process that was killed as it wrote it. */
const WRITTEN_WITHIN = 500

/** The process that holds a lock. */
type Owner = {
  readonly pid: number
  readonly host: string
  /** When it started, in the clock ticks of its machine; empty where the system does not tell. */
  readonly started: string
}

/**
 * The lock on the folder of a run, so that no two processes train in it: a file that names its owner
 * and is made only if there is none. It is taken over from an owner that is dead; a process number
 * that was given to another process meanwhile is told by when that one started.
 */
export class RunLock {
  readonly #path: string
  readonly #content: string
  /** The topmost folder that was made for the lock. */
  readonly #made: string | undefined

  private constructor(path: string, content: string, made: string | undefined) {
    this.#path = path
    this.#content = content
    this.#made = made
  }

  /**
   * Takes the lock on a folder, which is made if need be.
   * @throws LACUNA_E_LOCKED if a process that lives has it; LACUNA_E_WRITE if the folder cannot be
   *   written
   */
  static async take(folder: string): Promise<RunLock> {
    const path = join(resolve(folder), LOCK)
    const { pid } = process
    const owner: Owner = { pid, host: hostname(), started: (await processStart(pid)) ?? '' }
    const content = `${JSON.stringify(owner)}\n`
    try {
      const made = await makeFolder(dirname(path))
      while (!(await createWith(path, content))) {
        const other = await readLock(path)
        if (other.owner && (await isAlive(other.owner))) throw locked(folder, path, other.owner)
        await putAside(path, other.content)
      }
      return new RunLock(path, content, made)
    } catch (error) {
      throw error instanceof LacunaError ? error : cannotWrite(folder, error)
    }
  }

  /** Gives the lock back, and takes away what folders were made for it and are still empty. */
  async release(): Promise<void> {
    const content = await readFile(this.#path, 'utf8').catch(() => '')
    if (content === this.#content) await unlink(this.#path).catch(() => {})
    const top = this.#made
    try {
      for (let path = dirname(this.#path); top && path.length >= top.length; path = dirname(path))
        await rmdir(path)
    } catch {
      // It holds a run.
    }
  }
}

/** Who is at work in the folder of a run, if anyone. */
export async function ownerOf(folder: string): Promise<Owner | undefined> {
  const { owner } = await readLock(join(folder, LOCK))
  return owner && (await isAlive(owner)) ? owner : undefined
}

/** Makes a file with this content, but only if there is none. */
async function createWith(path: string, content: string): Promise<boolean> {
  const file = await open(path, 'wx').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'EEXIST') return undefined
    throw error
  })
  if (!file) return false
  try {
    await file.writeFile(content)
    await file.sync()
  } catch (error) {
    await unlink(path).catch(() => {})
    throw error
  } finally {
    await file.close()
  }
  return true
}

/** What a lock says; no owner if there is no lock, or if it was never written to its end. */
async function readLock(path: string): Promise<{ content: string; owner?: Owner }> {
  const start = performance.now()
  for (;;) {
    const content = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined
      throw error
    })
    if (content === undefined) return { content: '' }
    try {
      const { pid, host, started } = JSON.parse(content) as Owner
      if (Number.isSafeInteger(pid) && pid > 0 && typeof host === 'string')
        return { content, owner: { pid, host, started } }
      return { content }
    } catch {
      if (performance.now() - start > WRITTEN_WITHIN) return { content }
      await delay(20)
    }
  }
}

/**
 * Takes away the lock of a dead owner. Should a third process have been faster, what is taken away is
 * that one's lock, which is put back.
 */
async function putAside(path: string, content: string): Promise<void> {
  const aside = temporaryPath(path)
  try {
    await rename(path, aside)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return
    throw error
  }
  if ((await readFile(aside, 'utf8')) !== content) await link(aside, path).catch(() => {})
  await unlink(aside)
}

/** Whether the owner lives; on another machine, of which nothing can be known, it may. */
async function isAlive({ pid, host, started }: Owner): Promise<boolean> {
  if (host !== hostname()) return true
  try {
    process.kill(pid, 0)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false
  }
  const start = await processStart(pid)
  return start === undefined || (start !== '' && (!started || start === started))
}

/**
 * When a process started: field 22 of Linux's /proc/PID/stat, see proc(5).
 * @returns '' if it is dead and only waits to be noticed; undefined where there is no such file
 */
async function processStart(pid: number): Promise<string | undefined> {
  const line = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined)
  // The second field, the name in brackets, may hold spaces and brackets itself.
  const fields = line?.slice(line.lastIndexOf(')') + 2).split(' ')
  return fields && ('ZX'.includes(fields[0]!) ? '' : fields[19])
}

function locked(folder: string, path: string, { pid, host }: Owner): LacunaError {
  const elsewhere = host !== hostname()
  return new LacunaError(
    'LACUNA_E_LOCKED',
    `process ${pid} on ${host} is at work in ${folder}`,
    elsewhere
      ? `Wait for it, or name another folder with --out. If it is certain that it no longer runs, delete ${path}.`
      : 'Wait for it, stop it, or name another folder with --out.',
  )
}
