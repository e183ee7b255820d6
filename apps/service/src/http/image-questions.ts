import { type ImageShape, LacunaError, type Patch } from 'lacuna'
import type { ModelCard } from '../answer-schemas.js'
import type { Gap, Picture, Question } from '../compute/question.js'
import { MOST_PIXELS } from '../limits.js'
import { type CompleteQuery, type CompleteRequest, type EnergyRequest, SEED } from '../schemas.js'
import { Refusal } from './faults.js'

type SentImage = CompleteRequest['images'][number]

/**
 * The question of a request to complete images.
 * @param card of a model that answers it; so for all questions
 * @param asPicture whether a PNG is wanted instead of JSON
 * @throws LACUNA_E_SHAPE or LACUNA_E_LIMIT if the images are not of the model's shape; LACUNA_E_REQUEST if
 *   several pictures would have to be one
 */
export function completeQuestion(
  { images, answers, seed = SEED }: CompleteRequest,
  card: ModelCard,
  asPicture: boolean,
): Question {
  return question(
    images.map(image => gapOf(image, card.image!)),
    { ...(answers !== undefined && { answers }), seed },
    asPicture,
  )
}

/** The same of a request whose body is a PNG with a transparent hole. */
export function completePngQuestion(
  png: Uint8Array,
  { answers, seed = SEED }: CompleteQuery,
  card: ModelCard,
  asPicture: boolean,
): Question {
  requireShape(png, card.image!)
  const how = { ...(answers !== undefined && { answers }), seed }
  return question([{ image: { png } }], how, asPicture)
}

/** The question of a request for energies. */
export function energyQuestion({ images }: EnergyRequest, card: ModelCard): Question {
  return { kind: 'energy', gaps: images.map(image => gapOf(image, card.image!)) }
}

function question(
  gaps: readonly Gap[],
  { answers, seed }: { readonly answers?: number; readonly seed: number },
  asPicture: boolean,
): Question {
  if (asPicture && (gaps.length > 1 || (answers ?? 1) > 1))
    throw new Refusal(
      406,
      'LACUNA_E_REQUEST',
      'one PNG cannot hold several pictures',
      'Accept application/json, or ask for one answer to one image.',
    )
  return { kind: 'complete', gaps, ...(answers !== undefined && { answers }), seed, asPicture }
}

function gapOf({ image, mask }: SentImage, shape: ImageShape): Gap {
  return {
    image: pictureOf('image', image, shape),
    ...(mask !== undefined && { mask: maskOf(mask, shape) }),
  }
}

function maskOf(mask: NonNullable<SentImage['mask']>, shape: ImageShape): Picture | Patch {
  if (typeof mask === 'string' || Array.isArray(mask)) return pictureOf('mask', mask, shape)
  const { row, column, height, width } = mask
  if (row + height <= shape.height && column + width <= shape.width) return mask
  throw new LacunaError(
    'LACUNA_E_SHAPE',
    `the mask (row ${row}, column ${column}, ${height}×${width}) does not lie inside an image of ${shape.height}×${shape.width}`,
    'A rectangle is { row, column, height, width } in whole pixels, inside the image.',
  )
}

function pictureOf(name: string, sent: string | number[], shape: ImageShape): Picture {
  if (typeof sent === 'string') {
    const png = Buffer.from(sent, 'base64')
    requireShape(png, shape)
    return { png }
  }
  const { height, width } = shape
  if (sent.length !== height * width)
    throw new LacunaError(
      'LACUNA_E_SHAPE',
      `the ${name} has ${sent.length} numbers, but the model takes ${height}×${width} pixels`,
      'Send one number a pixel, row by row.',
    )
  return { pixels: Float32Array.from(sent) }
}

/** How a PNG begins: its signature, and the length and name of its first chunk. */
const START = Buffer.from('\x89PNG\r\n\x1a\n\0\0\0\rIHDR', 'latin1')

/**
 * Checks the size that a PNG says it has, in the first chunk behind its signature (W3C, PNG, 11.2.1), so
 * that no picture of another size is ever inflated. What is no PNG is refused by whoever reads it.
 */
function requireShape(png: Uint8Array, { height, width }: ImageShape): void {
  if (png.length < 24 || START.some((byte, i) => png[i] !== byte)) return
  const view = new DataView(png.buffer, png.byteOffset, png.byteLength)
  const [w, h] = [view.getUint32(16), view.getUint32(20)]
  if (w === width && h === height) return
  const isLarge = w * h > MOST_PIXELS
  throw new LacunaError(
    isLarge ? 'LACUNA_E_LIMIT' : 'LACUNA_E_SHAPE',
    `the PNG says that it has ${w}×${h} pixels, but the model takes ${width}×${height}`,
    'Scale or cut the picture to that size, or use a model of pictures of its own size.',
  )
}
