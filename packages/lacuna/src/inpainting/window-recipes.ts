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

/** One answer: λ·MSE and nothing else to choose. */
const oneAnswer = { heads: 1, hidden: [640, 256], generatorRate: 4e-3 } as const

/**
 * The recipes, chosen on images that were kept aside from training.
 *
 * - `supervised`: the squared error alone; the nearest to the truth, and blurred
 * - `window`: the squared error and an energy network; sharp
 * - `heads`: as `window`, with five answers that divide the possibilities among them
 */
export const windowRecipes = {
  supervised: {
    ...oneAnswer,
    weights: { reconstruction: 6, best: 0, choice: 0 },
    steps: 16_000,
    alone: 1,
    energyRate: 0,
  },
  window: {
    ...oneAnswer,
    energyHidden: [256, 256],
    weights: { reconstruction: 6, best: 0, choice: 0 },
    steps: 16_000,
    alone: 0.25,
    energyRate: 2e-3,
  },
  heads: {
    heads: 5,
    hidden: [512, 256],
    energyHidden: [256, 256],
    weights: { reconstruction: 3, best: 0.95, choice: 0.3 },
    steps: 15_000,
    alone: 0.25,
    generatorRate: 3e-3,
    energyRate: 2e-3,
  },
} as const satisfies Record<string, WindowRecipe>

/** The name of a recipe. */
export type WindowRecipeName = keyof typeof windowRecipes
