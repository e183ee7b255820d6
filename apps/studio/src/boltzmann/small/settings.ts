import { oneOf, wholeNumber, withoutDefaults } from '../../frame/address.js'
import { seeds } from '../../frame/seed.js'
import { fromBase64, toBase64 } from '../../pixels/compact.js'
import { type Lesson, learningMethods } from '../recipe.js'
import { allFree, type Clamps, firstClamps, readClamps, writeClamps } from './clamps.js'
import { firstMachine, limits, type Machine, parameterCount, type Sizes } from './machine.js'
import { firstPatterns, type Pattern, readPatterns, writePatterns } from './patterns.js'

/** The small machine and all that is done with it: whoever has these sees the same chain. */
export interface SmallSettings {
  readonly machine: Machine
  readonly clamps: Clamps
  /** Of the Gibbs chain. */
  readonly seed: number
  readonly patterns: readonly Pattern[]
  readonly lesson: Lesson
  /** k of the contrastive divergence that is compared with the exact gradient. */
  readonly compared: number
}

/** The most sweeps of contrastive divergence that are compared. */
export const MOST_COMPARED = 20

export const firstLesson: Lesson = { method: 'exact', sweeps: 5, rate: 0.5, epochs: 300, start: 1 }

/** What a link says; damaged parts are as if they were left out. */
export function readSmallLink(link: URLSearchParams): SmallSettings {
  const machine = readMachine(link)
  const { sizes } = machine
  const first = startOf(sizes)
  return {
    machine,
    clamps: readClamps(link.get('clamps'), sizes) ?? first.clamps,
    seed: wholeNumber(link.get('seed'), seeds, 1),
    patterns: readPatterns(link.get('patterns'), sizes) ?? first.patterns,
    lesson: {
      method: oneOf(link.get('method'), learningMethods, firstLesson.method),
      sweeps: wholeNumber(link.get('sweeps'), [1, 100], firstLesson.sweeps),
      rate: rateOf(link.get('rate')),
      epochs: wholeNumber(link.get('epochs'), [1, 5000], firstLesson.epochs),
      start: wholeNumber(link.get('start'), seeds, firstLesson.start),
    },
    compared: wholeNumber(link.get('cd'), [1, MOST_COMPARED], 1),
  }
}

/** The same as the settings of an address. */
export function writeSmallLink(settings: SmallSettings): Record<string, string> {
  const { clamps, patterns } = startOf(settings.machine.sizes)
  return withoutDefaults(asText(settings), {
    ...asText(readSmallLink(new URLSearchParams())),
    clamps: writeClamps(clamps),
    patterns: writePatterns(patterns),
  })
}

/** Clamps and patterns where a link says none: the first ones fit machines of the first sizes. */
function startOf(sizes: Sizes): Pick<SmallSettings, 'clamps' | 'patterns'> {
  if (sameSizes(sizes, firstMachine.sizes)) return { clamps: firstClamps, patterns: firstPatterns }
  return { clamps: allFree(sizes), patterns: [] }
}

function asText({ machine, clamps, seed, patterns, lesson, compared }: SmallSettings) {
  const { inputs, outputs, hidden } = machine.sizes
  return {
    size: [inputs, outputs, hidden].join('-'),
    weights: toBase64(new Uint8Array(machine.parameters.slice().buffer)),
    clamps: writeClamps(clamps),
    seed: String(seed),
    patterns: writePatterns(patterns),
    method: lesson.method,
    sweeps: String(lesson.sweeps),
    rate: String(lesson.rate),
    epochs: String(lesson.epochs),
    start: String(lesson.start),
    cd: String(compared),
  }
}

/** The machine of a link: of its sizes, with its parameters or, if it says none that fit, with zeros. */
function readMachine(link: URLSearchParams): Machine {
  const sizes = readSizes(link.get('size'))
  const bytes = fromBase64(link.get('weights') ?? '')
  if (bytes?.length === 4 * parameterCount(sizes)) {
    const parameters = new Float32Array(bytes.slice().buffer)
    if (parameters.every(Number.isFinite)) return { sizes, parameters }
  }
  if (sameSizes(sizes, firstMachine.sizes)) return firstMachine
  return { sizes, parameters: new Float32Array(parameterCount(sizes)) }
}

function readSizes(text: string | null): Sizes {
  const [inputs, outputs, hidden, ...more] = text?.split('-').map(Number) ?? []
  const sizes = { inputs: inputs!, outputs: outputs!, hidden: hidden! }
  const fit = (Object.keys(limits) as (keyof Sizes)[]).every(layer => {
    const [least, most] = limits[layer]
    return Number.isInteger(sizes[layer]) && sizes[layer] >= least && sizes[layer] <= most
  })
  return fit && more.length === 0 ? sizes : firstMachine.sizes
}

function sameSizes(a: Sizes, b: Sizes): boolean {
  return a.inputs === b.inputs && a.outputs === b.outputs && a.hidden === b.hidden
}

function rateOf(text: string | null): number {
  const number = text && /^\d*\.?\d+$/.test(text) ? Number(text) : Number.NaN
  return number >= 0.001 && number <= 10 ? number : firstLesson.rate
}
