import { exp, softplus, tanh } from '../compute/elementary.js'
import {
  centralDifference,
  centralDifferenceError,
  type Identity,
  judge,
} from '../compute/identity.js'
import { Matrix } from '../compute/matrix.js'
import type { Random } from '../compute/random.js'
import {
  type ContrastiveLoss,
  chooseLoss,
  contrastiveLosses,
  type LossName,
  type LossParameters,
  lossNames,
} from '../contrast/losses.js'
import { contrastiveStep } from './contrastive-step.js'
import { type Architecture, InpaintingNetworks } from './networks.js'

/** Step of the finite differences. */
const STEP = 1 / 65536

/** Energies and parameters at which the losses are looked at: |E| ≤ 3, and β and the rest up to 2. */
const [ENERGY, PARAMETER] = [3, 2]

/**
 * In the range above no loss exceeds 2e³ < 41, nor does a third derivative (the largest is that of
 * β e^−E⁻), and a value takes fewer than 8 roundings.
 */
const LOSS_TOLERANCE = centralDifferenceError(STEP, 41, 8 * 41 * Number.EPSILON)

/** Examples in the batch of the step, and the pixels of their common hole. */
const EXAMPLES = 3
const HOLE = [5, 6, 9, 10]

/** Networks as in the sheet but small, and smooth, so that err has derivatives everywhere. */
const architecture: Architecture = {
  image: { height: 4, width: 4 },
  generator: { sizes: [16, 5, 16], activations: ['tanh', 'tanh'] },
  energy: { sizes: [16, 6, 1], activations: ['tanh', 'identity'] },
}

/**
 * The step computes in float32. Every number on the way, from the pixels to the gradient, is of
 * order 1 at most, and fewer than 200 roundings of 2⁻²⁴ lie on the longest way.
 */
const STEP_TOLERANCE = 200 / 16777216

/**
 * Checks the identities of the sheet's exercise 3 at random parameters: the gradient flip, the
 * gradient through the patch alone, and the losses.
 *
 * The flip cannot be checked by finite differences, which see the value of 2·stop(g) − g and so the
 * derivative of g. What can is its effect: by one step of descent with η = 1 on both networks, E
 * must move by −∂err/∂θ and g by +∂err/∂θ, where err is the error without a flip, written out in
 * float64 below and differentiated by central differences.
 *
 * @example
 * ```ts
 * for (const { identity, ok } of inpaintingIdentities(new Random(1))) console.log(identity, ok)
 * ```
 */
export function inpaintingIdentities(random: Random): Identity[] {
  return [...stepIdentities(random), ...lossIdentities(random)]
}

function row(identity: string, method: string, error: number, tolerance: number): Identity {
  return judge(identity, method, [{ error, tolerance }])
}

function stepIdentities(random: Random): Identity[] {
  const networks = new InpaintingNetworks(architecture, EXAMPLES)
  const initial = networks.state()
  for (const { data, shape } of initial.values())
    for (let i = 0; i < data.length; i++) data[i] = random.normal() / Math.sqrt(shape.at(-1)!)
  const x = new Matrix(EXAMPLES, networks.pixels)
  for (let i = 0; i < x.data.length; i++) x.data[i] = 2 * random.uniform() - 1
  networks.setState(initial)
  const before = new Map([...initial].map(([name, { data }]) => [name, Float64Array.from(data)]))

  networks.images.x.set(x.data)
  const mask = new Float32Array(EXAMPLES * networks.pixels)
  for (let n = 0; n < EXAMPLES; n++) for (const pixel of HOLE) mask[n * networks.pixels + pixel] = 1
  networks.holes.listMask(mask, EXAMPLES)
  const { loss, parameters: constants } = chooseLoss()
  const rates = { energy: 1, generator: 1 }
  const value = contrastiveStep(networks, EXAMPLES, rates, loss, constants)
  const moved = [...networks.state()]

  const difference = (name: string, at: number) => {
    const tensor = before.get(name)!
    const was = tensor[at]!
    const slope = centralDifference(
      value => {
        tensor[at] = value
        return duel(before, x)
      },
      was,
      STEP,
    )
    tensor[at] = was
    return slope
  }
  /** How far the moves of a network are from `sign` times the gradient of err. */
  const moveError = (network: string, sign: 1 | -1) =>
    largest(
      moved
        .filter(([name]) => name.startsWith(network))
        .flatMap(([name, { data }]) =>
          Array.from(
            data,
            (after, i) => after - before.get(name)![i]! - sign * difference(name, i),
          ),
        ),
    )
  const outside = moved
    .filter(([name]) => name.startsWith('generator.2'))
    .flatMap(([name, { shape, data }]) => {
      const fanIn = shape[1] ?? 1
      return Array.from(data, (after, i) =>
        HOLE.includes(Math.floor(i / fanIn)) ? 0 : after - before.get(name)![i]!,
      )
    })
  const step = 'a float32 step, central differences of err'
  return [
    row(
      '3 flip(g) = 2·stop(g) − g = g',
      'err of a float32 step, err with g in float64',
      Math.abs(value - duel(before, x)),
      STEP_TOLERANCE,
    ),
    row('3 the step moves E by −η ∂err/∂θ', step, moveError('energy', -1), STEP_TOLERANCE),
    row('3 ∂flip(g)/∂g = −1: g by +η ∂err/∂θ', step, moveError('generator', 1), STEP_TOLERANCE),
    row('3 ∂err/∂g = 0 outside the hole', 'what a step leaves as it was', largest(outside), 0),
  ]
}

/** err = 1/n Σ log(1 + e^{E(x) − E(x⁻)}) with x⁻ = z(1 − m) + g(z)m and z = x(1 − m), in float64. */
function duel(parameters: Map<string, Float64Array>, x: Matrix): number {
  let sum = 0
  for (let n = 0; n < x.rows; n++) {
    const whole = Float64Array.from(x.row(n))
    const incomplete = whole.map((value, pixel) => (HOLE.includes(pixel) ? 0 : value))
    const hidden = affine(parameters, 'generator.0', incomplete).map(tanh)
    const generated = affine(parameters, 'generator.2', hidden).map(tanh)
    const contrastive = incomplete.slice()
    for (const pixel of HOLE) contrastive[pixel] = generated[pixel]!
    const energy = (image: Float64Array) =>
      affine(parameters, 'energy.2', affine(parameters, 'energy.0', image).map(tanh))[0]!
    sum += softplus(energy(whole) - energy(contrastive))
  }
  return sum / x.rows
}

/** Wx + b. */
function affine(parameters: Map<string, Float64Array>, layer: string, x: Float64Array) {
  const weight = parameters.get(`${layer}.weight`)!
  return parameters
    .get(`${layer}.bias`)!
    .map((bias, o) => x.reduce((sum, value, k) => sum + weight[o * x.length + k]! * value, bias))
}

function lossIdentities(random: Random): Identity[] {
  const between = (low: number, high: number) => low + (high - low) * random.uniform()
  const cases = Array.from({ length: 50 }, () => {
    const [margin, beta, ceiling] = [0, 0, 0].map(() => between(0.25, PARAMETER))
    const [eTrue, eContrastive] = [0, 0].map(() => between(-ENERGY, ENERGY))
    return {
      eTrue: eTrue!,
      eContrastive: eContrastive!,
      p: { margin: margin!, beta: beta!, ceiling: ceiling! },
    }
  })
  const derivatives = lossNames.map(name => {
    const loss = contrastiveLosses[name]
    const smooth = cases.filter(({ eTrue, eContrastive, p }) =>
      kinks(eTrue, eContrastive, p).every(distance => Math.abs(distance) > 4 * STEP),
    )
    const errors = smooth.flatMap(({ eTrue, eContrastive, p }) =>
      slopeErrors(loss, eTrue, eContrastive, p),
    )
    const identity = `3 ${name}: ∂ℓ/∂E⁺ and ∂ℓ/∂E⁻ of ${loss.formula}`
    return row(identity, 'central differences', largest(errors), LOSS_TOLERANCE)
  })

  const unit = { margin: 1, beta: 1, ceiling: 1 }
  const equal = (a: LossName, b: LossName) =>
    largest(
      cases.flatMap(({ eTrue, eContrastive }) =>
        (['value', 'slopeTrue', 'slopeContrastive'] as const).map(
          of =>
            contrastiveLosses[a][of](eTrue, eContrastive, unit) -
            contrastiveLosses[b][of](eTrue, eContrastive, unit),
        ),
      ),
    )
  // Above 40 the limit is nearer than rounding: log(1 + e^d) − d < e⁻⁴⁰, and e^d − log(1 + e^d) < e^2d.
  const far = Array.from({ length: 50 }, () => 40 * exp(between(0, 650)))
  const { log } = contrastiveLosses
  const limits = far.flatMap(d => [log.value(d, 0, unit) / d - 1, log.value(0, d, unit) - exp(-d)])
  return [
    ...derivatives,
    row('3 log(1 + e^d) → d, and → e^d', 'limits, |d| to 10²⁸³', largest(limits), Number.EPSILON),
    row('3 nll = log at β = 1', 'values and derivatives', equal('nll', 'log'), 0),
    row('3 mee = mce at β = 1', 'values and derivatives', equal('mee', 'mce'), 0),
  ]
}

/** What is 0 where a loss has a kink: at d = 0, −m and M, and at E⁻ = m. */
function kinks(eTrue: number, eContrastive: number, { margin, ceiling }: LossParameters): number[] {
  const d = eTrue - eContrastive
  return [d, margin + d, ceiling - d, margin - eContrastive]
}

/** Both slopes less the central differences of the value. */
function slopeErrors(
  loss: ContrastiveLoss,
  eTrue: number,
  eContrastive: number,
  p: LossParameters,
): number[] {
  const byTrue = (e: number) => loss.value(e, eContrastive, p)
  const byContrastive = (e: number) => loss.value(eTrue, e, p)
  return [
    loss.slopeTrue(eTrue, eContrastive, p) - centralDifference(byTrue, eTrue, STEP),
    loss.slopeContrastive(eTrue, eContrastive, p) -
      centralDifference(byContrastive, eContrastive, STEP),
  ]
}

/** The largest absolute value; NaN if one is NaN, so that it fails. */
function largest(values: readonly number[]): number {
  return values.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
}
