import { Worker } from 'node:worker_threads'
import { type Images, LacunaError } from 'lacuna'
import type { PlainImages } from '../comparison/work.js'
import type { HoleErrors } from './evaluation.js'

/** The numbers of components that the sheet compares. */
export const dimensions = [10, 60, 360] as const

export type PcaJob = {
  readonly train: PlainImages
  readonly test: PlainImages
  readonly seed: number
}

/** The pixels of the ten completed digits, for each number of components. */
export type PcaDigits = readonly Float32Array[]

/** Errors on all test images, for each number of components. */
export type PcaErrors = readonly HoleErrors[]

/**
 * Starts the principal component analysis on a thread of its own, so that progress and Ctrl-C stay
 * alive. The errors come some seconds after the digits.
 */
export function startPca(
  train: Images,
  test: Images,
  seed: number,
  signal: AbortSignal,
): { digits: Promise<PcaDigits>; errors: Promise<PcaErrors> } {
  signal.throwIfAborted()
  const workerData: PcaJob = { train: { ...train }, test: { ...test }, seed }
  const worker = new Worker(new URL('./pca-worker.js', import.meta.url), { workerData })
  const stop = () => void worker.terminate()
  signal.addEventListener('abort', stop)
  worker.on('exit', () => signal.removeEventListener('abort', stop))

  const failed = new Promise<never>((_, reject) => {
    worker.on('error', error => reject(broken(error)))
    worker.on('exit', code => reject(broken(new Error(`it exited with code ${code}`))))
  })
  const messages: ((message: never) => void)[] = []
  const message = <T>() => Promise.race([new Promise<T>(resolve => messages.push(resolve)), failed])
  worker.on('message', value => messages.shift()?.(value as never))
  const [digits, errors] = [message<PcaDigits>(), message<PcaErrors>()]
  // Awaited long after training has begun; until then a failure is kept, not thrown at the process.
  errors.catch(() => {})
  return { digits, errors }
}

function broken(cause: Error): LacunaError {
  return new LacunaError(
    'LACUNA_E_WORKER',
    `the principal component analysis stopped: ${cause.message}`,
    'Check that there is memory to spare (about 1 GB); then run again.',
    { cause },
  )
}
