import { exp } from '../compute/elementary.js'
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
  contrastiveLosses,
  type LossName,
  type LossParameters,
  lossNames,
} from '../contrast/losses.js'
import { PrincipalComponents } from './principal-components.js'
import { SmallDuel } from './small-duel.js'

/** Step of the finite differences. */
const STEP = 1 / 65536

/** Energies and parameters at which the losses are looked at: |E| ≤ 3, and β and the rest up to 2. */
const [ENERGY, PARAMETER] = [3, 2]

/**
 * In the range above no loss exceeds 2e³ < 41, nor does a third derivative (the largest is that of
 * β e^−E⁻), and a value takes fewer than 8 roundings.
 */
const LOSS_TOLERANCE = centralDifferenceError(STEP, 41, 8 * 41 * Number.EPSILON)

/** The pixels of the hole, of images with 4×4 of them. */
const HOLE = [5, 6, 9, 10]
const PIXELS = 16

/** Images of which the principal components are found, and how many of these are kept. */
const [EXAMPLES, COMPONENTS] = [24, 5]

/**
 * Projections compute in float32 with numbers below 8, the sum of 16 products of at most 2; four of
 * them, of some 50 roundings each, are compared.
 */
const PROJECTION_TOLERANCE = (8 * 200) / 16777216

/**
 * Checks the identities of the sheet's exercise 3 at random parameters: the projection on principal
 * components, the gradient flip, the gradient through the patch alone, and the losses. What concerns the step is checked on a `SmallDuel`.
 *
 * @example
 * ```ts
 * for (const { identity, ok } of inpaintingIdentities(new Random(1))) console.log(identity, ok)
 * ```
 */
export function inpaintingIdentities(random: Random): Identity[] {
  return [...stepIdentities(random), ...lossIdentities(random), ...projectionIdentities(random)]
}

function row(identity: string, method: string, error: number, tolerance: number): Identity {
  return judge(identity, method, [{ error, tolerance }])
}

function stepIdentities(random: Random): Identity[] {
  const duel = new SmallDuel(random, HOLE)
  const { error, moves } = duel.step()
  const entries = [...moves].flatMap(([name, moved]) =>
    Array.from(moved, (move, at) => ({ name, at, move })),
  )
  /** How far the moves of a network are from `sign` times the gradient of err. */
  const moveError = (network: string, sign: 1 | -1) =>
    largest(
      entries
        .filter(({ name }) => name.startsWith(network))
        .map(({ name, at, move }) => move - sign * duel.slope(name, at)),
    )
  // The rows of the generator's last layer are its outputs.
  const outside = (['generator.2.weight', 'generator.2.bias'] as const).flatMap(tensor => {
    const moved = moves.get(tensor)!
    const fanIn = moved.length / 16
    return [...moved].filter((_, at) => !HOLE.includes(Math.floor(at / fanIn)))
  })
  const step = 'a float32 step, central differences of err'
  const { tolerance } = SmallDuel
  return [
    row(
      '3 flip(g) = 2·stop(g) − g = g',
      'err of a float32 step, err with g in float64',
      Math.abs(error - duel.error()),
      tolerance,
    ),
    row('3 the step moves E by −η ∂err/∂θ', step, moveError('energy', -1), tolerance),
    row('3 ∂flip(g)/∂g = −1: g by +η ∂err/∂θ', step, moveError('generator', 1), tolerance),
    row('3 ∂err/∂g = 0 outside the hole', 'what a step leaves as it was', largest(outside), 0),
  ]
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

/** What projecting x and z = x − h on some components of random data must give. */
function projectionIdentities(random: Random): Identity[] {
  const x = new Matrix(EXAMPLES, PIXELS)
  for (let i = 0; i < x.data.length; i++) x.data[i] = 2 * random.uniform() - 1
  const h = new Matrix(EXAMPLES, PIXELS)
  for (const pixel of HOLE) for (let n = 0; n < EXAMPLES; n++) h.row(n)[pixel] = x.row(n)[pixel]!
  const z = new Matrix(
    EXAMPLES,
    PIXELS,
    x.data.map((value, i) => value - h.data[i]!),
  )
  const components = PrincipalComponents.fit(x)
  const project = (of: Matrix) => components.reconstruct(of, COMPONENTS)
  // r(x) − x = −(I − P)(x − μ), and r(h) − r(0) = Ph.
  const [rz, rx, rh, r0] = [z, x, h, new Matrix(EXAMPLES, PIXELS)].map(of => project(of).data)
  const differences = (value: (i: number) => number) =>
    largest(Array.from(x.data, (_, i) => value(i)))
  const twice = project(project(z)).data
  const method = 'projections in float32'
  return [
    row(
      '3 P² = P: r(r(z)) = r(z)',
      method,
      differences(i => twice[i]! - rz![i]!),
      PROJECTION_TOLERANCE,
    ),
    row(
      '3 r(z) − x = −(I − P)(x − μ) − Ph',
      method,
      differences(i => rz![i]! - rx![i]! + rh![i]! - r0![i]!),
      PROJECTION_TOLERANCE,
    ),
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
