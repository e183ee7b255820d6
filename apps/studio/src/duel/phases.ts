import type { PhaseName } from 'lacuna'

/** A phase of the step as slow motion tells it. */
export interface ToldPhase {
  readonly name: PhaseName
  readonly title: string
  /** The same in a word or two. */
  readonly short: string
  /** The equation that it computes, as HTML. */
  readonly equation: string
  readonly text: string
}

/** The phases in their order. */
export const toldPhases: readonly ToldPhase[] = [
  {
    name: 'paint',
    title: 'The generator paints',
    short: 'Paint',
    equation: 'x<sup>−</sup> = z (1 − m) + g(z) m',
    text: 'It sees the incomplete image z = x (1 − m), and only what it paints in the hole is kept.',
  },
  {
    name: 'score',
    title: 'The energy network scores',
    short: 'Score',
    equation: 'E<sup>+</sup> = E(x),  E<sup>−</sup> = E(x<sup>−</sup>)',
    text: 'The same network scores the true image and the contrastive one. Low means: looks true.',
  },
  {
    name: 'judge',
    title: 'The loss compares',
    short: 'Compare',
    equation: 'err = ¹⁄ₙ Σ ℓ(E<sup>+</sup>, E<sup>−</sup>)',
    text: 'Small where the true images have less energy than the contrastive ones.',
  },
  {
    name: 'teach-energy',
    title: 'The energy network learns',
    short: 'E learns',
    equation: 'θ<sub>E</sub> ← θ<sub>E</sub> − η<sub>E</sub> ∂err/∂θ<sub>E</sub>',
    text: 'It goes down the error. On the way back through it comes the gradient of the painted pixels: where brighter would raise the error, and where darker would.',
  },
  {
    name: 'flip',
    title: 'The gradient is flipped',
    short: 'Flip',
    equation: 'flip(g) = g,  ∂flip(g)/∂g = −1',
    text: 'The same gradient with its sign turned: what hurts the energy network helps the generator.',
  },
  {
    name: 'teach-generator',
    title: 'The generator learns',
    short: 'g learns',
    equation: 'θ<sub>g</sub> ← θ<sub>g</sub> + η<sub>g</sub> ∂err/∂θ<sub>g</sub>',
    text: 'The same descent, behind the flip, takes it up the error: its next painting will be harder to tell from the truth.',
  },
]
