import { cos, log } from './elementary.js'
import { requireWhole } from './options.js'

/**
 * The purposes for which random numbers are drawn. Each has a stream of its own, so that drawing
 * more for one purpose never changes another.
 */
export const Stream = {
  user: 0,
  initialWeights: 1,
  patches: 2,
  strokes: 3,
  order: 4,
  centres: 5,
  inverseProblem: 6,
  robotArm: 7,
  gibbs: 8,
  classGibbs: 10,
  heads: 11,
} as const

const MULTIPLIER_0 = 0xd2511f53
const MULTIPLIER_1 = 0xcd9e8d57
const WEYL_0 = 0x9e3779b9
const WEYL_1 = 0xbb67ae85

/** The upper 32 bits of the 64-bit product of two unsigned 32-bit numbers. */
function multiplyHigh(a: number, b: number): number {
  const a0 = a & 0xffff
  const a1 = a >>> 16
  const b0 = b & 0xffff
  const b1 = b >>> 16
  const middle = a1 * b0 + ((a0 * b0) >>> 16)
  const low = (middle & 0xffff) + a0 * b1
  return (a1 * b1 + Math.floor(middle / 65536) + Math.floor(low / 65536)) >>> 0
}

/**
 * Philox4x32-10: four random words from a counter of four words and a key of two, by ten rounds of
 * multiplication and exclusive or (Salmon, Moraes, Dror & Shaw 2011, "Parallel random numbers: as
 * easy as 1, 2, 3"). The kernels compute the same words.
 */
export function philox(counter: Uint32Array, keyLow: number, keyHigh: number): Uint32Array {
  let [c0, c1, c2, c3] = counter as unknown as [number, number, number, number]
  let k0 = keyLow >>> 0
  let k1 = keyHigh >>> 0
  for (let round = 0; round < 10; round++) {
    const high0 = multiplyHigh(MULTIPLIER_0, c0)
    const low0 = Math.imul(MULTIPLIER_0, c0)
    const high1 = multiplyHigh(MULTIPLIER_1, c2)
    const low1 = Math.imul(MULTIPLIER_1, c2)
    c0 = (high1 ^ c1 ^ k0) >>> 0
    c1 = low1 >>> 0
    c2 = (high0 ^ c3 ^ k1) >>> 0
    c3 = low0 >>> 0
    k0 = (k0 + WEYL_0) >>> 0
    k1 = (k1 + WEYL_1) >>> 0
  }
  return Uint32Array.of(c0, c1, c2, c3)
}

/**
 * Random numbers that are a pure function of (seed, stream, step, index): word n of a stream is
 * word n mod 4 of Philox at the counter (⌊n/4⌋, step, stream, 0) under the key `seed`. Nothing
 * depends on what was drawn elsewhere, so work can be split, stopped and resumed without changing
 * a bit. Not for cryptography.
 *
 * @example
 * ```ts
 * const random = new Random(7)
 * random.uniform() // in [0, 1), the same on every machine
 * random.integer(-4, 5) // −4 … 4
 * ```
 */
export class Random {
  readonly seed: number
  readonly stream: number
  readonly step: number
  #index = 0
  #words: Uint32Array = new Uint32Array(4)
  readonly #counter = new Uint32Array(4)

  /**
   * @param seed a whole number from 0 to 2⁵³ − 1
   * @param stream which purpose the numbers serve, a whole number under 2³²
   * @param step which step of that purpose, a whole number under 2³²
   * @throws LACUNA_E_OPTION if one of them is out of range
   */
  constructor(seed: number, stream: number = Stream.user, step = 0) {
    requireWhole('seed', seed, 0)
    requireWhole('stream', stream, 0, 0xffffffff)
    requireWhole('step', step, 0, 0xffffffff)
    this.seed = seed
    this.stream = stream
    this.step = step
    this.#counter[1] = step
    this.#counter[2] = stream
  }

  /** The next 32 random bits, as a whole number from 0 to 2³² − 1. */
  bits(): number {
    const lane = this.#index & 3
    if (lane === 0) {
      this.#counter[0] = this.#index / 4
      this.#words = philox(this.#counter, this.seed >>> 0, Math.floor(this.seed / 4294967296))
    }
    this.#index++
    return this.#words[lane]!
  }

  /** Uniform over [0, 1) with 53 random bits; uses two words. */
  uniform(): number {
    const high = this.bits() >>> 5
    return (high * 67108864 + (this.bits() >>> 6)) / 9007199254740992
  }

  /**
   * Uniform over the whole numbers from `low` to `high`, `high` excluded, without bias: words that
   * would favour some numbers are drawn again.
   * @throws LACUNA_E_OPTION if the range is empty or wider than 2²¹
   */
  integer(low: number, high: number): number {
    const range = high - low
    requireWhole('the width of a range of whole numbers', range, 1, 2097152)
    const reject = 4294967296 % range
    for (;;) {
      const product = this.bits() * range // exact: under 2⁵³
      const fraction = product % 4294967296
      if (fraction >= reject) return low + (product - fraction) / 4294967296
    }
  }

  /** Standard normal, by Box and Muller's transform: √(−2 log u)·cos 2πv. */
  normal(): number {
    const u = 1 - this.uniform() // in (0, 1], so that the logarithm is finite
    return Math.sqrt(-2 * log(u)) * cos(2 * Math.PI * this.uniform())
  }
}
