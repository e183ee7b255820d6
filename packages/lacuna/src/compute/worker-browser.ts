import type { Port } from './worker-node.js'

/** The browser's own workers: the twin of worker-node.ts. */
export const Worker = globalThis.Worker

/** Inside a worker, the way to the page that started it. */
export const parent = globalThis as unknown as Port

/** How many threads this machine runs at once, or as many as the browser admits to. */
export function concurrency(): number {
  return navigator.hardwareConcurrency || 1
}
