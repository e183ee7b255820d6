import {
  AnyMaskInpainter,
  EnergyInpainter,
  type ImageShape,
  type Images,
  type Matrix,
  WindowInpainter,
  type WindowRecipeName,
  windowRecipes,
} from 'lacuna'

/** Images in a step of every recipe. */
const BATCH = 100

/** How a training goes, by the names of what is measured; what is not measured yet is left out. */
export type Figures = {
  /** Mean squared error inside the holes; of several answers, that of the best. */
  readonly reconstruction?: number
  /** The error of the energy network, which is log 2 where it cannot tell true from painted. */
  readonly contrast?: number
}

/** What every recipe reports while it trains. */
export type TrainingReport = {
  /** Steps behind it. */
  readonly step: number
  readonly figures: Figures
  /** All that is needed to go on from here; not in every report. */
  readonly state?: Uint8Array
}

/** An inpainter of any recipe. */
export interface Inpainter {
  train(
    images: Images,
    options: { steps: number; resume?: Uint8Array; signal: AbortSignal },
  ): AsyncIterable<TrainingReport>
  complete(z: Matrix, mask: Matrix): Matrix
  save(): Uint8Array
  /** What gives several answers, by a recipe that has them. */
  readonly several?: Pick<WindowInpainter, 'heads' | 'completions'>
}

/** A way to train an inpainter. */
export interface InpainterRecipe {
  /** What it is, in a few words. */
  readonly title: string
  /** Steps, and training images, if nothing is said. */
  readonly steps: number
  trainSize(available: number): number
  /** How many states a training leaves behind. */
  states(steps: number, trainSize: number): number
  create(seed: number, image: ImageShape): Inpainter
}

/** A training that keeps a state each time a tenth of its steps is done. */
const tenths = (steps: number) => Math.ceil(steps / Math.ceil(steps / 10))

/** All but the last sixth of the images, which is left to judge by. */
const mostOf = (available: number) => Math.max(1, Math.floor((5 * available) / 6))

/** The recipes by their names on the command line. */
export const recipes: Readonly<Record<string, InpainterRecipe>> = {
  sheet: {
    title: 'the exercise sheet’s generator, trained against an energy network alone',
    steps: 10_000,
    trainSize: available => Math.min(available, 10_000),
    states: (steps, trainSize) => Math.ceil(steps / Math.ceil(trainSize / BATCH)),
    create: (seed, image) => ofSheet(EnergyInpainter.create({ seed, image })),
  },
  supervised: windowRecipe('supervised', 'the squared error alone: near the truth, and blurred'),
  window: windowRecipe('window', 'the squared error and an energy network: sharp'),
  heads: windowRecipe('heads', 'the same with several answers, each with its probability'),
  any: {
    title: 'for holes of any shape: a Gaussian of all pixels, corrected by a network',
    steps: 5500,
    trainSize: mostOf,
    states: tenths,
    create: (seed, image) => ofAnyMask(AnyMaskInpainter.create({ seed, image })),
  },
}

/** The names of the recipes. */
export const recipeNames = Object.keys(recipes)

function windowRecipe(recipe: WindowRecipeName, title: string): InpainterRecipe {
  return {
    title,
    steps: windowRecipes[recipe].steps,
    trainSize: mostOf,
    states: tenths,
    create: (seed, image) => ofWindows(WindowInpainter.create({ seed, recipe, image })),
  }
}

function ofWindows(inpainter: WindowInpainter): Inpainter {
  return {
    ...answersOf(inpainter),
    async *train(images, options) {
      for await (const { step, reconstruction, contrast, state } of inpainter.train(
        images,
        options,
      ))
        yield {
          step,
          figures: { reconstruction, ...(Number.isFinite(contrast) && { contrast }) },
          ...(state && { state }),
        }
    },
    ...(inpainter.score && { several: inpainter }),
  }
}

function ofAnyMask(inpainter: AnyMaskInpainter): Inpainter {
  return {
    ...answersOf(inpainter),
    async *train(images, options) {
      for await (const { step, reconstruction, state } of inpainter.train(images, options))
        yield { step, figures: { reconstruction }, ...(state && { state }) }
    },
  }
}

/** The sheet trains by epochs: as many as have at least so many steps. */
function ofSheet(inpainter: EnergyInpainter): Inpainter {
  return {
    ...answersOf(inpainter),
    async *train(images, { steps, ...options }) {
      const each = Math.ceil(images.count / BATCH)
      const epochs = Math.ceil(steps / each)
      for await (const { epoch, meanLoss, state } of inpainter.train(images, {
        ...options,
        epochs,
      }))
        yield { step: Math.min((epoch + 1) * each, steps), figures: { contrast: meanLoss }, state }
    },
  }
}

/** What all of them answer. */
function answersOf(inpainter: Pick<Inpainter, 'complete' | 'save'>) {
  return {
    complete: (z: Matrix, mask: Matrix) => inpainter.complete(z, mask),
    save: () => inpainter.save(),
  }
}
