import { LacunaError } from '../errors.js'
import { instantiate, type Kernels } from './kernels.js'

const PAGE = 65536
const LARGEST = 65535 * PAGE // so that every offset, the end included, fits 32 bits
const ALIGNMENT = 64 // a cache line, so that no two threads write to the same one

// The first cache line of a memory holds one number: how many bytes behind it are laid out. Offset 0
// is therefore never anybody's, and the kernels read it as "none".
const HEADER = ALIGNMENT

/** Makes of one thread's kernels those of a team of threads. */
type Lead = (own: Kernels, workspace: Workspace, threads: number) => Kernels

let lead: Lead | undefined

/** Lets workspaces of this thread have teams: workers do (serve.ts), so that others need not load how. */
export function useTeams(given: Lead): void {
  lead = given
}

/**
 * One run's memory and the kernels that compute on it: laid out once, freed with the object.
 *
 * @example
 * ```ts
 * const workspace = new Workspace()
 * const x = workspace.floats(100)
 * workspace.kernels.exp(x.byteOffset, x.byteOffset, x.length)
 * ```
 */
export class Workspace {
  /** A shared memory: views stay valid when it grows, and other threads can join it. */
  readonly memory: WebAssembly.Memory
  readonly kernels: Kernels

  /**
   * @param options.maximumBytes how far the memory may grow, from 64 KiB to 4 GiB − 64 KiB; 1 GiB
   *   if left out
   * @param options.memory the memory of another workspace, to lay out more and compute beside it
   * @param options.threads how many threads share the work of the kernels, 1 if left out; only a worker
   *   has a team to share it with, elsewhere it is one
   * @throws LACUNA_E_OPTION if `maximumBytes` is not a number in that range
   * @throws LACUNA_E_MEMORY if the memory cannot be had, or has no room for what `product` packs
   */
  constructor(
    options: { maximumBytes?: number; memory?: WebAssembly.Memory; threads?: number } = {},
  ) {
    this.memory = options.memory ?? reserve(options.maximumBytes ?? 2 ** 30)
    const kernels = instantiate(this.memory)
    kernels.useScratch(this.bytes(kernels.scratchBytes()).byteOffset)
    const { threads = 1 } = options
    this.kernels = threads > 1 && lead ? lead(kernels, this, threads) : kernels
  }

  /**
   * The next `count` floats, zeroed, 64-byte aligned; `byteOffset` is the pointer for the kernels.
   * @throws LACUNA_E_OPTION if `count` is not a whole number ≥ 0
   * @throws LACUNA_E_MEMORY if they do not fit
   */
  floats(count: number): Float32Array {
    const offset = this.#layOut(count, 4) // before `buffer` is read: it may grow the memory
    return new Float32Array(this.memory.buffer, offset, count)
  }

  /** The next `count` doubles, likewise. */
  doubles(count: number): Float64Array {
    const offset = this.#layOut(count, 8)
    return new Float64Array(this.memory.buffer, offset, count)
  }

  /** The next `count` unsigned 32-bit numbers, likewise. */
  words(count: number): Uint32Array {
    const offset = this.#layOut(count, 4)
    return new Uint32Array(this.memory.buffer, offset, count)
  }

  /** The next `count` bytes, likewise. */
  bytes(count: number): Uint8Array {
    const offset = this.#layOut(count, 1)
    return new Uint8Array(this.memory.buffer, offset, count)
  }

  /** Takes the next count·size bytes and returns their offset; the memory grows where it must. */
  #layOut(count: number, size: number): number {
    if (!Number.isSafeInteger(count) || count < 0)
      throw new LacunaError(
        'LACUNA_E_OPTION',
        `cannot lay out ${count} elements`,
        'Give a whole number, at least 0.',
      )
    const bytes = ALIGNMENT * Math.ceil((count * size) / ALIGNMENT)
    const used = new Uint32Array(this.memory.buffer, 0, 1)
    for (;;) {
      const before = Atomics.load(used, 0)
      const end = HEADER + before + bytes
      const missing = end - this.memory.buffer.byteLength
      if (missing > 0) grow(this.memory, missing, count * size)
      // Another thread may have laid something out meanwhile: then again, behind it.
      else if (Atomics.compareExchange(used, 0, before, before + bytes) === before)
        return HEADER + before
    }
  }
}

function reserve(maximumBytes: number): WebAssembly.Memory {
  if (!(maximumBytes >= PAGE && maximumBytes <= LARGEST))
    throw new LacunaError(
      'LACUNA_E_OPTION',
      `maximumBytes must be from ${PAGE} to ${LARGEST}, not ${maximumBytes}`,
      'Give a number of bytes in that range.',
    )
  try {
    const maximum = Math.floor(maximumBytes / PAGE)
    return new WebAssembly.Memory({ initial: 1, maximum, shared: true })
  } catch (cause) {
    throw new LacunaError(
      'LACUNA_E_MEMORY',
      `no memory that may grow to ${maximumBytes} bytes could be had`,
      'Give a smaller maximumBytes, or free other workspaces first.',
      { cause },
    )
  }
}

function grow(memory: WebAssembly.Memory, missing: number, wanted: number): void {
  try {
    memory.grow(Math.ceil(missing / PAGE))
  } catch (cause) {
    throw new LacunaError(
      'LACUNA_E_MEMORY',
      `${wanted} bytes do not fit: the memory has ${memory.buffer.byteLength} and cannot grow by ${missing}`,
      'Give the workspace a larger maximumBytes, or make the model or the batch smaller.',
      { cause },
    )
  }
}
