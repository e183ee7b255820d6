import { type Images, type Matrix, Random, removePatch } from 'lacuna'
import { drawTrial, type Trial } from 'lacuna/completion'

/** Whole test images, the same with a patch removed, and where it was. */
export type Holes = { readonly truth: Matrix; readonly incomplete: Matrix; readonly mask: Matrix }

// Steps of the seed's stream for users; training has a stream of its own.
const FIGURES = 0
const EVALUATION = 1
const CHOICES = 2

/** The most images by which choices such as a ridge are made. */
const CHOSEN_BY = 2000

/** The ten test images of the figures: the same ten patches in all of them, to compare. */
export function figureHoles(test: Images, seed: number): Holes {
  const truth = test.matrix(0, 10)
  return { truth, ...removePatch(truth, new Random(seed, 0, FIGURES)) }
}

/** All test images with patches of their own, on which every method is measured. */
export function evaluationHoles(test: Images, seed: number): Holes {
  const truth = test.matrix()
  return { truth, ...removePatch(truth, new Random(seed, 0, EVALUATION)) }
}

/** Images that are kept aside with patches of their own, by which methods make their choices. */
export function choiceTrial(heldOut: Images, seed: number): Trial {
  return drawTrial(heldOut.slice(0, CHOSEN_BY), 'patch', new Random(seed, 0, CHOICES))
}
