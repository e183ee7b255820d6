import { readFile } from 'node:fs/promises'
import { type GrayPicture, type ImageShape, LacunaError, Matrix, readGrayPng } from 'lacuna'

/** A picture with a hole. */
export interface IncompletePicture extends ImageShape {
  /** One level a pixel, bytes or 16-bit numbers. */
  readonly levels: Uint8Array | Uint16Array
  /** The same with pixels in [−1, 1], 0 in the hole: 1×pixels. */
  readonly z: Matrix
  /** 1 in the hole: 1×pixels. */
  readonly mask: Matrix
  /** What a user should know of how it was read. */
  readonly notes: readonly string[]
}

/**
 * Reads a picture and its hole: what is white in another picture of the same size, or what is
 * transparent in the picture itself.
 *
 * @param maskPath the other picture; if left out, the picture has to have transparency
 * @throws LACUNA_E_DATA if a file cannot be read, LACUNA_E_PNG if it is no picture, LACUNA_E_SHAPE if
 *   picture and mask differ in size, LACUNA_E_OPTION if there is no hole, or nothing but the hole
 */
export async function readIncomplete(path: string, maskPath?: string): Promise<IncompletePicture> {
  const { width, height, levels, alpha, hadColours } = await read(path)
  const mask = new Matrix(1, width * height)
  if (maskPath === undefined) {
    if (!alpha)
      throw new LacunaError(
        'LACUNA_E_OPTION',
        `nothing says where the hole in ${path} is: it has no transparency, and --mask is not given`,
        'Give --mask MASK.png, white where pixels are missing, or make the hole transparent.',
      )
    fillWhere(mask.data, alpha, level => level < middle(alpha))
  } else {
    const other = await read(maskPath)
    if (other.width !== width || other.height !== height)
      throw new LacunaError(
        'LACUNA_E_SHAPE',
        `${path} has ${width}×${height} pixels, but the mask ${maskPath} has ${other.width}×${other.height}`,
        'Make the mask as large as the picture.',
      )
    fillWhere(mask.data, other.levels, level => level >= middle(other.levels))
  }
  const missing = mask.data.reduce((sum, m) => sum + m, 0)
  if (missing === 0 || missing === mask.data.length)
    throw new LacunaError(
      'LACUNA_E_OPTION',
      missing === 0
        ? `no pixel of ${path} is missing`
        : `every pixel of ${path} is missing, so nothing is known of it`,
      'The mask is white (a transparent picture transparent) in the hole, and only there.',
    )
  const white = levels instanceof Uint16Array ? 65535 : 255
  const z = new Matrix(1, mask.data.length)
  for (let j = 0; j < z.data.length; j++)
    z.data[j] = mask.data[j] ? 0 : (2 * levels[j]!) / white - 1
  const brightness = z.data.reduce((sum, v) => sum + v, 0) / (z.data.length - missing)
  const notes = [
    ...(hadColours ? [`${path} has colours; it is completed in gray`] : []),
    ...(maskPath && alpha ? [`The transparency of ${path} is not used, as there is a mask`] : []),
    ...(brightness > 0
      ? [`${path} is bright, but the data that come with Lacuna are white ink on black`]
      : []),
  ]
  return { width, height, levels, z, mask, notes }
}

/** The level from which on a pixel counts as white, or as opaque. */
function middle(levels: Uint8Array | Uint16Array): number {
  return levels instanceof Uint16Array ? 32768 : 128
}

function fillWhere(
  mask: Float32Array,
  levels: Uint8Array | Uint16Array,
  missing: (level: number) => boolean,
): void {
  for (let j = 0; j < mask.length; j++) mask[j] = missing(levels[j]!) ? 1 : 0
}

async function read(path: string): Promise<GrayPicture> {
  const bytes = await readFile(path).catch((error: Error) => {
    throw new LacunaError(
      'LACUNA_E_DATA',
      `cannot read ${path}: ${error.message}`,
      'Name a PNG file that exists and may be read.',
      { cause: error },
    )
  })
  try {
    return await readGrayPng(bytes)
  } catch (error) {
    if (!(error instanceof LacunaError)) throw error
    const what = error.message.slice(error.code.length + 2)
    throw new LacunaError(error.code, `${path}: ${what}`, error.hint, { cause: error })
  }
}

/**
 * The levels of a completed picture, on the scale of the incomplete one: observed ones as they were,
 * those of the hole rounded.
 * @param completed pixels in [−1, 1]
 */
export function completedLevels(
  { levels, mask }: IncompletePicture,
  completed: Float32Array,
): Uint8Array | Uint16Array {
  const white = levels instanceof Uint16Array ? 65535 : 255
  return levels.map((level, j) => {
    const v = Math.min(1, Math.max(-1, completed[j]!))
    return mask.data[j] ? Math.round(((v + 1) / 2) * white) : level
  })
}
