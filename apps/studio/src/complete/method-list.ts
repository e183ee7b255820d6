import { readyMade } from './ready-made.js'

/** A method as the page shows it. */
export interface ShownMethod {
  /** `pca` stands for `pca-d` with the d that is chosen. */
  readonly name: string
  readonly title: string
  /** What it does, in a sentence. */
  readonly about: string
  /** Whether it fills nothing but one patch of 6×6 pixels. */
  readonly patchOnly?: true
  /** Whether it learns here, from the data, as it has no checkpoint. */
  readonly learns?: true
}

const all: readonly ShownMethod[] = [
  {
    name: 'pca',
    title: 'PCA',
    about: 'Projects the picture, hole and all, on the d directions in which digits differ most.',
    learns: true,
  },
  {
    name: 'conditional-pca',
    title: 'Conditional PCA',
    about: 'The mean of a Gaussian given the pixels that are known.',
  },
  {
    name: 'sheet',
    title: 'Sheet’s generator',
    about: 'Learnt only to deceive an energy network, as on the exercise sheet.',
  },
  {
    name: 'supervised',
    title: 'Supervised',
    about: 'A generator that learnt to come near the truth: near, and blurred.',
    patchOnly: true,
  },
  {
    name: 'window',
    title: 'Window',
    about: 'Near the truth and against an energy network at once: sharp.',
    patchOnly: true,
  },
  {
    name: 'any',
    title: 'Any mask',
    about: 'The Gaussian’s answer, corrected by a network; for holes of any shape.',
  },
  {
    name: 'heads',
    title: 'Heads',
    about: 'Several answers, each with its probability.',
    patchOnly: true,
  },
  {
    name: 'nearest',
    title: 'Nearest digits',
    about:
      'What the most similar training digits have there; the energy is how much they differ elsewhere.',
    learns: true,
  },
]

/** The methods that this build of the studio has, from plain to strong. */
export const shownMethods = all.filter(({ name, learns }) => learns || readyMade(name))
