/** What the error of a generator with K heads is made of; see `headsError`. */
export interface ErrorWeights {
  /** λ, the weight of the squared error. */
  readonly reconstruction: number
  /** ρ, the share of it that only the best head answers for. */
  readonly best: number
  /** χ, the weight of knowing which head that will be. */
  readonly choice: number
}

/** How a generator of windows is built and trained. */
export interface WindowRecipe {
  /** K, how many answers the generator gives. */
  readonly heads: number
  /** Units of the generator's hidden layers. */
  readonly hidden: readonly number[]
  /** Units of the energy network's hidden layers; without one, nothing but the squared error counts. */
  readonly energyHidden?: readonly number[]
  readonly weights: ErrorWeights
  /** Steps of training, and the share of them that the generator begins with alone. */
  readonly steps: number
  readonly alone: number
  /** Adam's η at the start, falling linearly to 0 over all steps. */
  readonly generatorRate: number
  readonly energyRate: number
}

/** What the recipes have in common; deep and narrow learns faster than wide. */
const common = {
  hidden: [512, 128, 128],
  steps: 10_500,
  generatorRate: 3e-3,
} as const

/** What they have in common where an energy network takes part. */
const duel = { ...common, energyHidden: [256, 256], alone: 0.4, energyRate: 1.5e-3 } as const

/**
 * The recipes, chosen on images that were kept aside from training.
 *
 * - `supervised`: the squared error alone; the nearest to the truth, and blurred
 * - `window`: the squared error and an energy network; sharp
 * - `heads`: as `window`, with five answers that divide the possibilities among them
 */
export const windowRecipes = {
  supervised: {
    ...common,
    heads: 1,
    weights: { reconstruction: 4.5, best: 0, choice: 0 },
    alone: 1,
    energyRate: 0,
  },
  window: {
    ...duel,
    heads: 1,
    weights: { reconstruction: 4.5, best: 0, choice: 0 },
  },
  heads: {
    ...duel,
    heads: 5,
    weights: { reconstruction: 3, best: 0.95, choice: 0.3 },
  },
} as const satisfies Record<string, WindowRecipe>

/** The name of a recipe. */
export type WindowRecipeName = keyof typeof windowRecipes
