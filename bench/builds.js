import { availableParallelism } from 'node:os'
import { kernelBuild } from '../packages/lacuna/dist/compute/kernel-bytes.js'

const [kind] = kernelBuild.split('-')

/** What a line says of our build: how its kernels round, and how many threads it has. */
export const buildName = threads => `${kind}, ${threads} thread${threads > 1 ? 's' : ''}`

/** The numbers of threads that training is measured with: one, and all that the machine has. */
export const threadCounts = [...new Set([1, availableParallelism()])]
