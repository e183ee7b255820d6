import { concurrency } from '#worker'
import { requireWhole } from './options.js'

/** The most threads that a run may have. */
const MOST_THREADS = 64

let noticed = false

/**
 * How many threads a run has: as many as are asked for, or as the machine has.
 *
 * In a browser threads can share memory only on a page that is isolated from other origins; on any
 * other page it is one, and the console says so once.
 *
 * @throws LACUNA_E_OPTION if `asked` is not a whole number from 1 to 64
 */
export function threadsFor(asked: number | undefined): number {
  if (asked !== undefined) requireWhole('threads', asked, 1, MOST_THREADS)
  const threads = asked ?? Math.min(concurrency(), MOST_THREADS)
  const { crossOriginIsolated } = globalThis as { crossOriginIsolated?: boolean }
  if (threads === 1 || crossOriginIsolated !== false) return threads
  if (!noticed)
    console.warn(
      'Lacuna trains with one thread, because this page is not isolated from other origins. Serve it with the headers Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp to use more.',
    )
  noticed = true
  return 1
}
