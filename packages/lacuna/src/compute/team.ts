import { type Call, type Divisible, type Division, divisions } from './division.js'
import type { Kernels } from './kernels.js'

/*
 * A team of threads on one memory. One of them, the leader, runs the training; the others only help
 * with its kernels. The leader writes a call into the memory and cuts it into parts; whoever is free
 * takes the next part, the leader too, and when all are done the leader goes on. As no sum is ever cut
 * (division.ts), who computed what leaves no trace: the bits are the same with any number of threads,
 * and helpers may join late, or never.
 */

/** Words of the board that the team shares, each on a cache line of its own. */
const LINE = 16
/** Counts the calls that were divided; helpers wait for it to change. */
const CALLS = 0
/** Parts that nobody has taken yet; 0 or less if there is nothing to do. */
const LEFT = LINE
/** Parts that are done. */
const DONE = 2 * LINE
/** Helpers that have joined. */
const HELPERS = 3 * LINE
/** Threads that sleep until CALLS changes, and whether the leader sleeps until DONE does. */
const ASLEEP = 4 * LINE
const LEADER_ASLEEP = 5 * LINE
/** The kernel of the call, and into how many parts it is cut. */
const KERNEL = 6 * LINE
const PARTS = 6 * LINE + 1
const WORDS = 7 * LINE

/** The most arguments that a kernel has. */
const ARGUMENTS = 16

/** Bytes of a board. */
export const BOARD_BYTES = 4 * WORDS + 8 * ARGUMENTS

/** A call with less work than this (some 20 µs) is not worth another thread's attention. */
const WORTHWHILE = 300_000

/** Parts for each thread: more than one, so that a thread that is held up holds up less. */
const PARTS_EACH = 3

/** How often a waiting thread looks before it sleeps: some 300 µs. */
const LOOKS = 15_000

const names = Object.keys(divisions) as Divisible[]

/** The board that a call is written on, as views of the shared memory. */
class Board {
  readonly words: Int32Array
  readonly call: Float64Array

  constructor(memory: WebAssembly.Memory, pointer: number) {
    this.words = new Int32Array(memory.buffer, pointer, WORDS)
    this.call = new Float64Array(memory.buffer, pointer + 4 * WORDS, ARGUMENTS)
  }

  /** Computes parts as long as there are any. */
  takeParts(kernels: Kernels): void {
    const { words } = this
    for (;;) {
      const part = Atomics.sub(words, LEFT, 1) - 1
      if (part < 0) return
      // Nobody writes on the board before this part is done.
      const name = names[words[KERNEL]!]!
      const { units, part: cut } = divisions[name] as Division
      const call: Call = Array.from(this.call)
      const share = units(call) / words[PARTS]!
      const [from, to] = [Math.round(part * share), Math.round((part + 1) * share)]
      if (from < to) run(kernels, name, cut(call, from, to))
      Atomics.add(words, DONE, 1)
      if (Atomics.load(words, LEADER_ASLEEP)) Atomics.notify(words, DONE)
    }
  }
}

function run(kernels: Kernels, name: Divisible, call: Call): void {
  ;(kernels[name] as (...call: Call) => void)(...call)
}

/** Looks for a while whether a word is no longer `value`. */
function watch(words: Int32Array, at: number, value: number): void {
  for (let look = 0; look < LOOKS; look++) if (Atomics.load(words, at) !== value) return
}

/**
 * Kernels that let helpers take part in every call that is worth it.
 * @param own the leader's own
 * @param pointer where `BOARD_BYTES` zeroed bytes of the memory are for the board, a multiple of 64
 * @param recruit called once, when there is first something to help with
 */
export function dividedKernels(
  own: Kernels,
  memory: WebAssembly.Memory,
  pointer: number,
  recruit: () => void,
): Kernels {
  const board = new Board(memory, pointer)
  const { words } = board
  let recruited = false

  const lead = (name: Divisible, kernel: number, call: Call): void => {
    const { units, work } = divisions[name] as Division
    const worthwhile = work(call) >= WORTHWHILE
    if (worthwhile && !recruited) {
      recruited = true
      recruit()
    }
    const helpers = Atomics.load(words, HELPERS)
    if (!worthwhile || helpers === 0) {
      run(own, name, call)
      return
    }
    const parts = Math.min(units(call), PARTS_EACH * (helpers + 1))
    board.call.set(call)
    words[KERNEL] = kernel
    words[PARTS] = parts
    Atomics.store(words, DONE, 0)
    Atomics.store(words, LEFT, parts)
    Atomics.add(words, CALLS, 1)
    if (Atomics.load(words, ASLEEP) > 0) Atomics.notify(words, CALLS)
    board.takeParts(own)
    for (;;) {
      const done = Atomics.load(words, DONE)
      if (done === parts) return
      watch(words, DONE, done)
      Atomics.store(words, LEADER_ASLEEP, 1)
      Atomics.wait(words, DONE, done)
      Atomics.store(words, LEADER_ASLEEP, 0)
    }
  }
  const divided = names.map((name, kernel) => [
    name,
    (...call: number[]) => lead(name, kernel, call),
  ])
  return { ...own, ...Object.fromEntries(divided) }
}

/**
 * Helps with the calls on a board, for ever: the thread ends from outside.
 * @param kernels of this thread, on the same memory
 */
export function help(kernels: Kernels, memory: WebAssembly.Memory, pointer: number): never {
  const board = new Board(memory, pointer)
  const { words } = board
  Atomics.add(words, HELPERS, 1)
  for (;;) {
    const calls = Atomics.load(words, CALLS)
    board.takeParts(kernels)
    watch(words, CALLS, calls)
    Atomics.add(words, ASLEEP, 1)
    Atomics.wait(words, CALLS, calls)
    Atomics.sub(words, ASLEEP, 1)
  }
}
