import type { MixturePoint } from 'lacuna/verification'
import { wholeNumber, withoutDefaults } from '../frame/address.js'
import { seeds } from '../frame/seed.js'
import { ENERGY, type LossPoint } from './loss-point.js'
import { COUPLING, drawMachine, type MachinePoint } from './machine-point.js'
import { drawMixture, ranges, twoDigits } from './mixture-point.js'
import { type StatementId, statements } from './statements.js'

/** Where the page is opened: an equation, or a part of it. */
const places = ['ex1', 'ex2', 'ex3', 'figures', 'verify', ...statements.map(({ id }) => id)]

/** The weights of the small duel that can be moved: one of each network. */
export interface Weights {
  readonly energy: number
  readonly generator: number
}

/** How far a weight may be moved. */
export const WEIGHT = 2

/** All that the room can be set to. */
export interface SheetSettings {
  /** From which the points, the small duel and the patches are drawn. */
  readonly seed: number
  readonly mixture: MixturePoint
  readonly machine: MachinePoint
  readonly energies: LossPoint
  /** Those of the seed where nothing is said. */
  readonly weights: Weights | undefined
  /** The top-left pixel of the small duel's hole of 2×2 in 4×4 pixels, 0 to 8 row by row. */
  readonly hole: number
  /** The test digit that is projected, and on how many components. */
  readonly digit: number
  readonly components: number
  /** What the generator is trained on here, and for how long. */
  readonly images: number
  readonly epochs: number
}

/** Images in a step; fewer cannot be trained on. */
export const BATCH = 100

/** The settings of a seed, before anything is moved. */
export function settingsOf(seed: number): SheetSettings {
  return {
    seed,
    mixture: drawMixture(seed),
    machine: drawMachine(seed),
    energies: { eTrue: -0.8, eContrastive: 0.6 },
    weights: undefined,
    hole: 4,
    digit: 0,
    components: 60,
    images: 2000,
    epochs: 50,
  }
}

/** The settings with what another seed draws. */
export function reseeded(settings: SheetSettings, seed: number): SheetSettings {
  const { mixture, machine, weights } = settingsOf(seed)
  return { ...settings, seed, mixture, machine, weights }
}

/** The settings with every point where it was at the beginning. */
export function reset(settings: SheetSettings): SheetSettings {
  const { images, epochs } = settings
  return { ...settingsOf(settings.seed), images, epochs }
}

/** The seed of `lacuna sheet`. */
export const SEED = 10

/** What a link says; damaged parts are as if they were left out. */
export function readLink(link: URLSearchParams): {
  settings: SheetSettings
  open: StatementId[]
  at: string | undefined
  data: string | undefined
} {
  const seed = wholeNumber(link.get('seed'), seeds, SEED)
  const otherwise = settingsOf(seed)
  const [z, mu, sigma, t] = [
    numbers(link.get('z'), 3, ranges.z),
    numbers(link.get('mu'), 6, ranges.mu),
    numbers(link.get('sigma'), 3, ranges.sigma),
    numbers(link.get('t'), 2, ranges.t),
  ]
  const couplings = numbers(link.get('couplings'), 12, [-COUPLING, COUPLING])
  const bits = /^[01]{7}$/.test(link.get('bits') ?? '')
    ? [...link.get('bits')!].map(Number)
    : undefined
  const energies = numbers(link.get('energies'), 2, [-ENERGY, ENERGY])
  const weights = numbers(link.get('weights'), 2, [-WEIGHT, WEIGHT])
  return {
    settings: {
      seed,
      mixture: {
        z: z ?? otherwise.mixture.z,
        mu: mu ?? otherwise.mixture.mu,
        sigma: sigma ?? otherwise.mixture.sigma,
        t: t ?? otherwise.mixture.t,
      },
      machine: {
        couplings: couplings ?? otherwise.machine.couplings,
        bits: bits ?? otherwise.machine.bits,
      },
      energies: energies ? { eTrue: energies[0]!, eContrastive: energies[1]! } : otherwise.energies,
      weights: weights && { energy: weights[0]!, generator: weights[1]! },
      hole: wholeNumber(link.get('hole'), [0, 8], otherwise.hole),
      digit: wholeNumber(link.get('digit'), [0, 9], otherwise.digit),
      components: wholeNumber(link.get('d'), [0, 784], otherwise.components),
      images: wholeNumber(link.get('images'), [BATCH, 10_000], otherwise.images),
      epochs: wholeNumber(link.get('epochs'), [1, 1000], otherwise.epochs),
    },
    open: statements
      .map(({ id }) => id)
      .filter(id => (link.get('open') ?? '').split(',').includes(id)),
    at: places.find(place => place === link.get('at')),
    data: link.get('data') ?? undefined,
  }
}

/** The same as the settings of an address. */
export function writeLink(
  settings: SheetSettings,
  open: readonly StatementId[],
  at: string | undefined,
  data: string,
): Record<string, string> {
  return {
    data,
    ...(at && { at }),
    ...(open.length > 0 && { open: open.join(',') }),
    ...(settings.seed !== SEED && { seed: String(settings.seed) }),
    ...withoutDefaults(asText(settings), asText(settingsOf(settings.seed))),
  }
}

function asText({ mixture, machine, energies, weights, ...rest }: SheetSettings) {
  return {
    z: mixture.z.join(),
    mu: mixture.mu.join(),
    sigma: mixture.sigma.join(),
    t: mixture.t.join(),
    couplings: machine.couplings.join(),
    bits: machine.bits.join(''),
    energies: [energies.eTrue, energies.eContrastive].join(),
    weights: weights ? [weights.energy, weights.generator].join() : '',
    hole: String(rest.hole),
    digit: String(rest.digit),
    d: String(rest.components),
    images: String(rest.images),
    epochs: String(rest.epochs),
  }
}

/** So many numbers of two digits in a range, with commas between; undefined if it is anything else. */
function numbers(
  text: string | null,
  count: number,
  [low, high]: readonly [number, number],
): number[] | undefined {
  const values = text?.split(',').map(part => (/^-?\d+(\.\d+)?$/.test(part) ? Number(part) : NaN))
  return values?.length === count && values.every(value => value >= low && value <= high)
    ? values.map(twoDigits)
    : undefined
}
