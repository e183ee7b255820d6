/** One equation of the sheet: where its proof stands, and which rows of `lacuna verify` check it. */
export interface Statement {
  /** What it is called in an address. */
  readonly id: string
  readonly exercise: 1 | 2 | 3
  /** As the sheet numbers it; empty where the sheet has no number. */
  readonly number: string
  /** What it is about, in a few words. */
  readonly title: string
  /** The page of docs/theory with the proof, and how the section's heading begins. */
  readonly page: TheoryPage
  readonly heading: string
  /** How the names of the identities begin that `lacuna verify` checks at random points. */
  readonly identities: readonly string[]
}

/** The page of docs/theory that each exercise is proved on. */
export const theoryPages = ['mixture', 'boltzmann', 'inpainting'] as const

export type TheoryPage = (typeof theoryPages)[number]

/** The equations in the order of the sheet. */
export const statements = [
  {
    id: '1ai',
    exercise: 1,
    number: '(a)(i)',
    title: 'A weight',
    page: 'mixture',
    heading: '(a)(i)',
    identities: ['1(a)(i):'],
  },
  {
    id: '1aii',
    exercise: 1,
    number: '(a)(ii)',
    title: 'A mean',
    page: 'mixture',
    heading: '(a)(ii)',
    identities: ['1(a)(ii):'],
  },
  {
    id: '1b',
    exercise: 1,
    number: '(b)',
    title: 'A logit',
    page: 'mixture',
    heading: '(b)',
    identities: ['1(b):'],
  },
  {
    id: '1s',
    exercise: 1,
    number: '',
    title: 'A scale, which the sheet leaves out',
    page: 'mixture',
    heading: 'Left out',
    identities: ['1, for training:'],
  },
  {
    id: '2ai',
    exercise: 2,
    number: '(a)(i)',
    title: 'A hidden unit',
    page: 'boltzmann',
    heading: '1. Exercise 2(a)(i)',
    identities: ['2(a)(i) '],
  },
  {
    id: '2aii',
    exercise: 2,
    number: '(a)(ii)',
    title: 'An output',
    page: 'boltzmann',
    heading: '2. Exercise 2(a)(ii)',
    identities: ['2(a)(ii) '],
  },
  {
    id: '2b',
    exercise: 2,
    number: '(b)',
    title: 'The free energy, and Z',
    page: 'boltzmann',
    heading: '3. Exercise 2(b)',
    identities: ['2(b) ', 'Σ_x Σ_y p(x,y) = 1', 'Z = Σ over'],
  },
  {
    id: '3p',
    exercise: 3,
    number: '',
    title: 'Projecting on principal components',
    page: 'inpainting',
    heading: 'Projecting',
    identities: ['3 P² = P'],
  },
  {
    id: '3h',
    exercise: 3,
    number: '',
    title: 'Blur and copy',
    page: 'inpainting',
    heading: 'Blur and copy',
    identities: ['3 r(z) − x'],
  },
  {
    id: '3l',
    exercise: 3,
    number: '',
    title: 'The log-loss',
    page: 'inpainting',
    heading: 'Computing it',
    identities: ['3 log(1 + e^d)'],
  },
  {
    id: '3s',
    exercise: 3,
    number: '',
    title: 'Its slopes',
    page: 'inpainting',
    heading: '5. Its derivatives',
    identities: ['3 log: '],
  },
  {
    id: '3f',
    exercise: 3,
    number: '',
    title: 'The gradient flip',
    page: 'inpainting',
    heading: 'One optimiser for both',
    identities: ['3 flip(g)', '3 the step moves E', '3 ∂flip(g)'],
  },
  {
    id: '3m',
    exercise: 3,
    number: '',
    title: 'The patch alone',
    page: 'inpainting',
    heading: '8. The patch gradient',
    identities: ['3 ∂err/∂g = 0'],
  },
] as const satisfies readonly Statement[]

export type SheetStatement = (typeof statements)[number]

export type StatementId = SheetStatement['id']
