import { type ConditionalRbm, Matrix, type Random } from 'lacuna'
import { PIXELS } from '../../pixels/grid.js'
import { noInputs } from './digit-bits.js'

/** A way to fill the gap, and how likely it is. */
export interface Filling {
  /** Levels of gray, black or white. */
  readonly levels: Uint8Array
  /** log of p(gap | rest)/p(likeliest found | rest): F of that − F of this. */
  readonly logRatio: number
  /** log p(gap | rest); none where the machine is too large for it. */
  readonly logP?: number
}

/** What a machine says of a gap. */
export interface Fillings {
  /** The likeliest that were found, in order. */
  readonly likeliest: readonly Filling[]
  /** What Gibbs chains ended with. */
  readonly drawn: readonly Filling[]
  /** What was there. */
  readonly truth: Filling
  /** p(pixel = 1 | rest), as levels of gray. */
  readonly mean: Uint8Array
}

/** Chains and sweeps of the search, many and short so that it finds different answers; of estimates. */
const SEARCH = { chains: 60, sweeps: 30 }
const ESTIMATE = { chains: 20, sweeps: 100 }

/** Sweeps after which a chain's gap counts as drawn. */
const SWEEPS = 200

/** Beyond so many states of h, p is not summed up. */
const MOST_HIDDEN = 20

/**
 * Fills the gap of a digit in the likeliest ways and in drawn ones. The pixels round it are given and
 * stay as they are; those in it are asked for. How likely two fillings are beside one another is exact:
 * log p(y) = −F(y) − log Z, and log Z cancels.
 * @param bits of the digit, 784
 * @param mask 1 in the gap
 */
export function fillGap(
  rbm: ConditionalRbm,
  bits: ArrayLike<number>,
  mask: Uint8Array,
  count: number,
  random: Random,
): Fillings {
  const x = noInputs(1)
  const whole = Float64Array.from(bits)
  const given = new Matrix(
    1,
    PIXELS,
    whole.map((bit, at) => (mask[at] ? Number.NaN : bit)),
  )
  const found = rbm.completions(x, count, { given, random, ...SEARCH })[0]!
  const drawn = Array.from({ length: count }, () =>
    rbm.sample(x, random, { given, sweeps: SWEEPS }),
  )
  const { marginals } = rbm.predict(x, { given, random, ...ESTIMATE })
  const [best] = found
  const known = rbm.U.cols <= MOST_HIDDEN
  const filling = (y: Float64Array): Filling => {
    const free = rbm.freeEnergy(x, new Matrix(1, PIXELS, y))[0]!
    const logRatio = best!.freeEnergy - free
    return {
      levels: Uint8Array.from(y, bit => 255 * bit),
      logRatio,
      ...(known && { logP: logRatio + best!.logProbability }),
    }
  }
  return {
    likeliest: found.map(({ y }) => filling(y)),
    drawn: drawn.map(({ data }) => filling(data)),
    truth: filling(whole),
    mean: Uint8Array.from(marginals.data, p => Math.round(255 * p)),
  }
}
