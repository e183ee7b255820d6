import { requirePositive, requireWhole } from '../compute/options.js'
import { LacunaError } from '../errors.js'

/** Which likelihood is to grow: that of inputs and outputs, or that of outputs given inputs. */
export type Likelihood = 'joint' | 'conditional'

/** How to train a conditional machine. */
export interface RbmTrainingOptions {
  /**
   * Where the expectation under the model comes from: `pcd` (default), chains that persist from step
   * to step; `cd`, chains that begin at the data; `exact`, enumeration of the smaller layer.
   */
  readonly method?: 'cd' | 'pcd' | 'exact'
  /** k, Gibbs sweeps of each chain in a step; default 1. Not used by `exact`. */
  readonly sweeps?: number
  /**
   * What is to grow: `joint`, log p(x,y), or `conditional`, log p(y|x); by default `conditional` for
   * machines with inputs. `conditional` keeps a chain for each example, and leaves a as it is.
   */
  readonly likelihood?: Likelihood
  /** The most passes over the examples, those of a resumed run included; default 50. */
  readonly epochs?: number
  /** Examples in a minibatch; default 100. The last one of an epoch may be smaller. */
  readonly batch?: number
  /** η at the start, falling linearly to 0 over all epochs; default 0.05. */
  readonly learningRate?: number
  /** From 0 to below 1; default 0. */
  readonly momentum?: number
  /** λ of the penalty λ/2·ΣA² on the couplings, at least 0; default 0. */
  readonly weightDecay?: number
  /** Whether to follow the centred gradient, as explained at `Centring`; default true. */
  readonly centring?: boolean
  /** The share of the examples that is kept aside to judge by, from 0 to below 1; default 0.1. */
  readonly validation?: number
  /** The `state` of an epoch of the same run: training goes on behind it to the same bits. */
  readonly resume?: Uint8Array
  /**
   * Threads that share the work, 1 to 64; as many as the machine has if left out. Their number changes
   * how long it takes, not a bit of what comes out. Not used by `exact`.
   */
  readonly threads?: number
  /** Cancels the training at once. */
  readonly signal?: AbortSignal
}

/**
 * The options with their defaults, but for those that don't change the result.
 * @param inputs d of the machine
 * @throws LACUNA_E_OPTION if one is unknown or out of range
 */
export function recipeOf(options: RbmTrainingOptions, inputs: number) {
  const { method = 'pcd', sweeps = 1, epochs = 50, batch = 100, learningRate = 0.05 } = options
  const { momentum = 0, weightDecay = 0, centring = true, validation = 0.1 } = options
  const { likelihood = inputs > 0 ? 'conditional' : 'joint' } = options
  requireWhole('sweeps', sweeps)
  requireWhole('epochs', epochs)
  requireWhole('batch', batch)
  requirePositive('learningRate', learningRate)
  for (const [name, share] of Object.entries({ momentum, validation }))
    if (!(share >= 0 && share < 1))
      throw new LacunaError(
        'LACUNA_E_OPTION',
        `${name} must be from 0 to below 1, not ${share}`,
        'Give a share, such as 0.1.',
      )
  if (!(weightDecay >= 0 && Number.isFinite(weightDecay)))
    throw new LacunaError(
      'LACUNA_E_OPTION',
      `weightDecay must be a finite number, at least 0, not ${weightDecay}`,
      'Give a small number, such as 0.0001, or 0 for none.',
    )
  if (!/^(cd|pcd|exact)$/.test(method) || !/^(joint|conditional)$/.test(likelihood))
    throw new LacunaError(
      'LACUNA_E_OPTION',
      `there is no method '${method}' or no likelihood '${likelihood}'`,
      'Methods are cd, pcd and exact; likelihoods joint and conditional.',
    )
  return {
    method,
    sweeps,
    likelihood,
    epochs,
    batch,
    learningRate,
    momentum,
    weightDecay,
    centring,
    validation,
  }
}
