import type { TheoryPage } from './statements.js'

/** The three exercises of the sheet. */
export const exercises = [
  {
    exercise: 1,
    place: 'ex1',
    page: 'mixture',
    title: 'Mixture density networks',
    task: 'A network sets the weights, means and scales of a mixture of Gaussians. Compute the gradient of the error of one data point with respect to each of them.',
  },
  {
    exercise: 2,
    place: 'ex2',
    page: 'boltzmann',
    title: 'Conditional Boltzmann machines',
    task: 'Inputs, outputs and hidden units are bits, and an energy gives each state its probability. Show what is known of one unit given the others, and sum the hidden ones out.',
  },
  {
    exercise: 3,
    place: 'ex3',
    page: 'inpainting',
    title: 'Inpainting with energy-based learning',
    task: 'Fill the patch that is missing from a digit: by projecting on principal components, and by a generator that learns against an energy network. The sheet asks for two functions: the projection, and the error that trains both networks at once.',
  },
] as const satisfies readonly {
  exercise: 1 | 2 | 3
  place: string
  page: TheoryPage
  title: string
  task: string
}[]
