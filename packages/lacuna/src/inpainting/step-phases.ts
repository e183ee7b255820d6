import { Matrix } from '../compute/matrix.js'
import type { ContrastiveLoss, LossParameters } from '../contrast/losses.js'
import {
  flip,
  judge,
  paintContrastive,
  scoreBoth,
  teachEnergy,
  teachGenerator,
} from './contrastive-step.js'
import type { LearningRates } from './learning-rates.js'
import type { InpaintingNetworks } from './networks.js'

/**
 * The phases of a step in their order: the generator paints, the energy network scores the true and
 * the contrastive images, the loss judges, the energy network learns, the gradient is flipped, and the
 * generator learns.
 */
export type PhaseName = 'paint' | 'score' | 'judge' | 'teach-energy' | 'flip' | 'teach-generator'

/** What a step has computed when one of its phases is over. */
export interface StepPhase {
  readonly name: PhaseName
  /** x⁻, n×pixels. */
  contrastive(): Matrix
  /** E(x) and E(x⁻), n each; from `score` on. */
  energies(): { readonly true: Float64Array; readonly contrastive: Float64Array }
  /** The mean loss; from `judge` on, before that NaN. */
  readonly loss: number
  /** ∂err/∂x⁻, 0 outside of the holes, n×pixels: of `teach-energy`, and negated of `flip`. */
  pixelGradient(): Matrix
}

/** `contrastiveStep`, one phase after the other: between them what they left can be looked at. */
export function* stepPhases(
  networks: InpaintingNetworks,
  n: number,
  rates: LearningRates,
  loss: ContrastiveLoss,
  parameters: LossParameters,
): Generator<StepPhase, void, undefined> {
  let error = Number.NaN
  const phases: [PhaseName, () => void][] = [
    ['paint', () => paintContrastive(networks, n)],
    ['score', () => scoreBoth(networks, n)],
    [
      'judge',
      () => {
        error = judge(networks, n, loss, parameters)
      },
    ],
    ['teach-energy', () => teachEnergy(networks, n, rates.energy)],
    ['flip', () => flip(networks, n)],
    ['teach-generator', () => teachGenerator(networks, n, rates.generator)],
  ]
  for (const [name, run] of phases) {
    run()
    yield look(networks, n, name, error)
  }
}

function look(networks: InpaintingNetworks, n: number, name: PhaseName, loss: number): StepPhase {
  const { energy, images, holes, pixels } = networks
  /** n images of which the pixels of the holes are set. */
  const inHoles = (start: ArrayLike<number> | undefined, values: Float32Array) => {
    const all = new Matrix(n, pixels)
    if (start) all.data.set(start)
    for (let i = 0; i < n; i++)
      for (let e = holes.starts[i]!; e < holes.starts[i + 1]!; e++)
        all.data[i * pixels + holes.pixels[e]!] = values[e]!
    return all
  }
  return {
    name,
    loss,
    contrastive: () => inHoles(images.x.subarray(0, n * pixels), holes.painted),
    energies: () => {
      const scores = Float64Array.from(energy.layers.at(-1)!.output.subarray(0, 2 * n))
      return { true: scores.slice(0, n), contrastive: scores.slice(n) }
    },
    pixelGradient: () => inHoles(undefined, holes.gradient.values),
  }
}
