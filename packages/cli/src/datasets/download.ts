import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { LacunaError } from 'lacuna'
import { writeFile } from '../write-file.js'
import { body, request } from './http.js'
import type { DataFile } from './mnist-files.js'

const unzip = promisify(gunzip)

export type DownloadOptions = {
  /** Folders, as URLs that end in a slash, that hold each file as `NAME.gz`. */
  readonly mirrors: readonly string[]
  readonly signal: AbortSignal
  /** Told the bytes received so far, of all files together. */
  readonly onProgress?: (received: number) => void
  /** Milliseconds within which some mirror must answer; if none does, there is no network. */
  readonly answerWithin?: number
  /** Milliseconds of silence after which a mirror is given up once there is a network. */
  readonly silence?: number
}

/**
 * Downloads files into a folder, each of them whole or not at all. All mirrors are asked at once
 * whether they are there, and the first to answer serves. One that breaks off, falls silent or
 * sends bytes with another MD5 is struck off and the next takes over, so that a slow download may
 * take its time while no network is noticed at once.
 *
 * @throws LACUNA_E_DOWNLOAD with each mirror's fault once none is left; LACUNA_E_WRITE
 */
export async function download(
  files: readonly DataFile[],
  folder: string,
  options: DownloadOptions,
): Promise<void> {
  const { signal, onProgress, answerWithin = 1800, silence = 10_000 } = options
  const first = await firstToAnswer(files[0]!, options.mirrors, signal, answerWithin)
  let mirrors = [first, ...options.mirrors.filter(mirror => mirror !== first)]
  const faults: string[] = []
  let received = 0
  for (const file of files) {
    let bytes: Uint8Array | undefined
    for (const mirror of mirrors) {
      try {
        const progress = (ofFile: number) => onProgress?.(received + ofFile)
        bytes = await fetchChecked(file, mirror, { signal, silence, progress })
        break
      } catch (error) {
        signal.throwIfAborted()
        faults.push(`${mirror}${file.name}.gz ${reason(error)}`)
        mirrors = mirrors.filter(other => other !== mirror)
      }
    }
    if (bytes === undefined)
      throw new LacunaError(
        'LACUNA_E_DOWNLOAD',
        `no mirror has ${file.name}: ${faults.join('; ')}`,
        'Try again later, or fetch the four files by other means and name their folder with --data.',
      )
    received += bytes.length
    await writeFile(join(folder, `${file.name}.gz`), bytes)
  }
}

/** The first mirror to answer anything at all to the question whether it has the file. */
async function firstToAnswer(
  file: DataFile,
  mirrors: readonly string[],
  signal: AbortSignal,
  answerWithin: number,
): Promise<string> {
  const settled = new AbortController()
  const late = setTimeout(() => settled.abort(), answerWithin)
  const stop = AbortSignal.any([signal, settled.signal])
  try {
    return await Promise.any(
      mirrors.map(async mirror => {
        const url = `${mirror}${file.name}.gz`
        const answer = await request(url, { method: 'HEAD', signal: stop, silence: answerWithin })
        answer.resume()
        return mirror
      }),
    )
  } catch (error) {
    signal.throwIfAborted()
    const why = settled.signal.aborted
      ? `silent for ${answerWithin / 1000} s`
      : [...new Set((error as AggregateError).errors.map(reason))].join('; ')
    throw new LacunaError(
      'LACUNA_E_DOWNLOAD',
      `no mirror answers (${why})`,
      'Check the network, or fetch the four files by other means and name their folder with --data.',
      { cause: error },
    )
  } finally {
    clearTimeout(late)
    settled.abort()
  }
}

/** The gzipped bytes of one file from one mirror, whose content has the size and MD5 it must have. */
async function fetchChecked(
  file: DataFile,
  mirror: string,
  options: { signal: AbortSignal; silence: number; progress: (received: number) => void },
): Promise<Uint8Array> {
  const { signal, silence, progress } = options
  const url = `${mirror}${file.name}.gz`
  const answer = await request(url, { method: 'GET', signal, silence })
  if (answer.statusCode !== 200) {
    answer.destroy()
    throw new Error(`answers ${answer.statusCode} ${answer.statusMessage}`)
  }
  // No gzip of these files is larger than the files themselves and a header.
  const zipped = await body(answer, file.bytes + 4096, progress)
  const content = await unzip(zipped, { maxOutputLength: file.bytes }).catch(error => {
    throw new Error(`is no gzip of ${file.bytes} bytes (${reason(error)})`)
  })
  const md5 = createHash('md5').update(content).digest('hex')
  if (md5 !== file.md5) throw new Error(`has the MD5 ${md5} instead of ${file.md5}`)
  return zipped
}

function reason(error: unknown): string {
  const { message, code } = error as NodeJS.ErrnoException
  return message || code || String(error)
}
