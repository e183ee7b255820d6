/** Where the expectation under the model comes from in training. */
export const learningMethods = ['exact', 'pcd', 'cd'] as const

export type LearningMethod = (typeof learningMethods)[number]

/** What can be chosen of a training. */
export interface Lesson {
  readonly method: LearningMethod
  /** k, Gibbs sweeps in a step of pcd and cd. */
  readonly sweeps: number
  /** η at the beginning; it falls to 0. */
  readonly rate: number
  readonly epochs: number
  /** From which the first couplings and the chains are drawn. */
  readonly start: number
}

/** What else `lacuna train boltzmann` trains with. */
export const recipe = { batch: 20, momentum: 0.9, weightDecay: 1e-4, validation: 0.1 } as const
