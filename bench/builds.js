import { availableParallelism } from 'node:os'
import { kernelBytes } from '../packages/lacuna/dist/compute/fast-kernels.js'

/** The numbers of threads that training is measured with: one, and all that the machine has. */
export const threadCounts = [...new Set([1, availableParallelism()])]

/** What a line says of our build: how its kernels round, and how many threads it has. */
export const buildName = (threads, build = 'strict') =>
  `${build}, ${threads} thread${threads > 1 ? 's' : ''}`

/** The builds that this engine can run. */
export const builds = WebAssembly.validate(kernelBytes) ? ['strict', 'fast'] : ['strict']
