import {
  EnergyInpainter,
  Images,
  Matrix,
  PrincipalComponents,
  paste,
  Random,
  removePatch,
} from 'lacuna'
import { type DataSource, testDigits, trainingImages } from '../data/digits.js'
import { download } from '../data/download.js'
import type { Context } from '../worker/calls.js'
import type { Projected, Strip, Ten } from './sheet-functions.js'

/** The ten digits of the figures, as matrices and as they are shown. */
export interface FigureDigits {
  readonly truth: Matrix
  readonly incomplete: Matrix
  readonly mask: Matrix
  readonly ten: Ten
}

/** The first ten test digits, with the patches that `lacuna sheet` removes. */
export async function figureDigits(
  source: DataSource,
  seed: number,
  context: Context,
): Promise<FigureDigits> {
  const { images } = await testDigits(source, 10, context)
  const truth = images.matrix(0, 10)
  const { incomplete, mask } = removePatch(truth, new Random(seed))
  const masks = Array.from({ length: truth.rows }, (_, i) => Uint8Array.from(mask.row(i)))
  const ten = { truth: levelsOf(truth), masks, incomplete: strip(truth, incomplete, mask) }
  return { truth, incomplete, mask, ten }
}

/** The ten digits with their holes filled by projections: on 10, 60, 360 components. */
export async function principalStrips(
  source: DataSource,
  seed: number,
  dimensions: readonly number[],
  context: Context,
): Promise<Strip[]> {
  const { truth, incomplete, mask } = await figureDigits(source, seed, context)
  const components = await componentsOf(source, context)
  return dimensions.map(d =>
    strip(truth, paste(incomplete, components.reconstruct(incomplete, d), mask), mask),
  )
}

/** The ten digits with their holes filled by the ready-made generator. */
export async function generatorStrip(
  source: DataSource,
  seed: number,
  context: Context,
): Promise<Strip> {
  const digits = await figureDigits(source, seed, context)
  const url = `${source.site}models/sheet.safetensors`
  generator ??= download(url, 'the generator', context).then(bytes => EnergyInpainter.load(bytes))
  generator.catch(() => {
    generator = undefined // to be tried again
  })
  return completedStrip(digits, await generator)
}

let generator: Promise<EnergyInpainter> | undefined

/** The ten digits with their holes filled by a generator. */
export function completedStrip(
  { truth, incomplete, mask }: FigureDigits,
  inpainter: EnergyInpainter,
): Strip {
  return strip(truth, inpainter.complete(incomplete, mask), mask)
}

/** One of the ten digits projected, with what the proofs say of the projection. */
export async function projectDigit(
  source: DataSource,
  seed: number,
  digit: number,
  d: number,
  context: Context,
): Promise<Projected> {
  const digits = await figureDigits(source, seed, context)
  const [x, z, m] = [digits.truth, digits.incomplete, digits.mask].map(of =>
    of.slice(digit, digit + 1),
  ) as [Matrix, Matrix, Matrix]
  const components = await componentsOf(source, context)
  const project = (of: Matrix) => components.reconstruct(of, d)
  const h = combine(x.cols, i => x.data[i]! - z.data[i]!)
  const [rz, rx, rh, r0] = [z, x, h, new Matrix(1, x.cols)].map(of => project(of).data) as [
    Float32Array,
    Float32Array,
    Float32Array,
    Float32Array,
  ]
  const twice = project(new Matrix(1, x.cols, rz)).data
  // r(x) − x = −(I − P)(x − μ), and r(h) − r(0) = Ph.
  const blur = combine(x.cols, i => rx[i]! - x.data[i]!).data
  const copy = combine(x.cols, i => r0[i]! - rh[i]!).data
  const error = combine(x.cols, i => rz[i]! - x.data[i]!).data
  const sum = combine(x.cols, i => blur[i]! + copy[i]!).data
  const inHole = (values: Float32Array) =>
    values.reduce((total, value, i) => total + value * value * m.data[i]!, 0) /
    m.data.reduce((count, one) => count + one, 0)
  const projected = new Matrix(1, x.cols, rz)
  return {
    truth: levelsOf(x)[0]!,
    incomplete: levelsOf(z)[0]!,
    projected: levelsOf(projected)[0]!,
    completed: levelsOf(paste(z, projected, m))[0]!,
    mask: Uint8Array.from(m.data),
    twice: farthest(twice, rz),
    error: Math.hypot(...error),
    sum: Math.hypot(...sum),
    difference: farthest(error, sum),
    inHole: { blur: inHole(blur), copy: inHole(copy), both: inHole(error) },
  }
}

let fitted: { data: string; components: Promise<PrincipalComponents> } | undefined

/** The principal components of all training images, found once. */
function componentsOf(source: DataSource, context: Context): Promise<PrincipalComponents> {
  if (fitted?.data !== source.data) {
    const components = trainingImages(source, context).then(images => {
      context.progress({ what: 'Finding the principal components' })
      return PrincipalComponents.fit(images)
    })
    fitted = { data: source.data, components }
    components.catch(() => {
      fitted = undefined // to be tried again
    })
  }
  return fitted!.components
}

function strip(truth: Matrix, completed: Matrix, mask: Matrix): Strip {
  const errors = Array.from({ length: truth.rows }, (_, n) => {
    const [x, q, m] = [truth.row(n), completed.row(n), mask.row(n)]
    const missing = m.reduce((count, one) => count + one, 0)
    return q.reduce((sum, value, i) => sum + m[i]! * (value - x[i]!) ** 2, 0) / missing
  })
  return { levels: levelsOf(completed), errors }
}

/** Rows of pixels in [−1, 1] as pictures. */
function levelsOf(x: Matrix): Uint8Array[] {
  const side = Math.sqrt(x.cols)
  const { pixels } = Images.fromMatrix(x, { height: side, width: side })
  return Array.from({ length: x.rows }, (_, i) => pixels.slice(i * x.cols, (i + 1) * x.cols))
}

function combine(length: number, value: (i: number) => number): Matrix {
  return new Matrix(
    1,
    length,
    Float32Array.from({ length }, (_, i) => value(i)),
  )
}

function farthest(a: Float32Array, b: Float32Array): number {
  return a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0)
}
