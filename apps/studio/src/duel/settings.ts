import { type LossName, lossNames } from 'lacuna'
import { oneOf, wholeNumber, withoutDefaults } from '../frame/address.js'
import { seeds } from '../frame/seed.js'

/** A duel from its beginning: whoever has these has the same weights after as many steps. */
export interface DuelSettings {
  readonly seed: number
  /** Training images, 100 to 10,000. */
  readonly images: number
  /** Passes over them, after which it pauses. */
  readonly epochs: number
  readonly loss: LossName
  /** Learning rate of the energy network; 0 leaves it as it is. */
  readonly energyRate: number
  readonly generatorRate: number
}

/** Images in a step, as on the sheet. */
export const BATCH = 100

export const defaults: DuelSettings = {
  seed: 10,
  images: 2000,
  epochs: 50,
  loss: 'log',
  energyRate: 0.05,
  generatorRate: 0.05,
}

/** Steps of an epoch. */
export function stepsOf({ images }: DuelSettings): number {
  return Math.ceil(images / BATCH)
}

/** What a link says; damaged parts are as if they were left out. */
export function readLink(link: URLSearchParams): DuelSettings & { data: string | undefined } {
  const settings = {
    seed: wholeNumber(link.get('seed'), seeds, defaults.seed),
    images: wholeNumber(link.get('images'), [BATCH, 10_000], defaults.images),
    epochs: wholeNumber(link.get('epochs'), [1, 10_000], defaults.epochs),
    loss: oneOf(link.get('loss'), lossNames, defaults.loss),
    energyRate: rate(link.get('energy'), defaults.energyRate),
    generatorRate: rate(link.get('generator'), defaults.generatorRate),
  }
  const data = link.get('data') ?? undefined
  const idle = settings.energyRate + settings.generatorRate === 0
  return { ...settings, ...(idle && { energyRate: defaults.energyRate }), data }
}

/** The same as the settings of an address. */
export function writeLink(settings: DuelSettings, data: string): Record<string, string> {
  return { data, ...withoutDefaults(asText(settings), asText(defaults)) }
}

function asText(settings: DuelSettings): Record<string, string> {
  return {
    seed: String(settings.seed),
    images: String(settings.images),
    epochs: String(settings.epochs),
    loss: settings.loss,
    energy: String(settings.energyRate),
    generator: String(settings.generatorRate),
  }
}

function rate(text: string | null, otherwise: number): number {
  const number = text && /^\d*\.?\d+(e-?\d+)?$/.test(text) ? Number(text) : Number.NaN
  return number >= 0 && number <= 10 ? number : otherwise
}
