import { Matrix } from '../compute/matrix.js'
import { LacunaError } from '../errors.js'
import type { GrayPicture } from '../formats/read-png.js'
import type { ImageShape } from '../inpainting/mask.js'

/** A picture with a hole, as models take it. */
export interface IncompletePicture extends ImageShape {
  /** One level a pixel, bytes or 16-bit numbers, as they were in the picture. */
  readonly levels: Uint8Array | Uint16Array
  /** The same with pixels in [−1, 1], 0 in the hole: 1×pixels. */
  readonly z: Matrix
  /** 1 in the hole: 1×pixels. */
  readonly mask: Matrix
}

/**
 * A picture and its hole: what is white in another picture of the same size, or what is transparent in
 * the picture itself.
 *
 * @param mask the other picture; if left out, the picture has to have transparency
 * @throws LACUNA_E_SHAPE if picture and mask differ in size; LACUNA_E_OPTION if nothing says where the
 *   hole is, or there is none, or nothing but the hole
 *
 * @example
 * ```ts
 * const picture = { width: 3, height: 1, levels: Uint8Array.of(0, 90, 255), hadColours: false }
 * const { z, mask } = incompletePicture(picture, { ...picture, levels: Uint8Array.of(0, 255, 0) })
 * ```
 */
export function incompletePicture(picture: GrayPicture, mask?: GrayPicture): IncompletePicture {
  const { width, height, levels, alpha } = picture
  if (mask && (mask.width !== width || mask.height !== height))
    throw new LacunaError(
      'LACUNA_E_SHAPE',
      `the picture has ${width}×${height} pixels, but its mask ${mask.width}×${mask.height}`,
      'Make the mask as large as the picture.',
    )
  const hole = mask ? whereWhite(mask.levels) : alpha && whereWhite(alpha).map(seen => 1 - seen)
  if (!hole)
    throw new LacunaError(
      'LACUNA_E_OPTION',
      'nothing says where the hole is: there is no mask, and the picture has no transparency',
      'Give a mask, white where pixels are missing, or make the hole transparent.',
    )
  const missing = hole.reduce((sum, m) => sum + m, 0)
  if (missing === 0 || missing === hole.length)
    throw new LacunaError(
      'LACUNA_E_OPTION',
      missing === 0
        ? 'no pixel of the picture is missing'
        : 'every pixel of the picture is missing, so nothing is known of it',
      'The mask is white (a transparent picture transparent) in the hole, and only there.',
    )
  const z = pixelsOf(picture)
  for (let j = 0; j < hole.length; j++) if (hole[j]) z.data[j] = 0
  return { width, height, levels, z, mask: new Matrix(1, hole.length, hole) }
}

/** The pixels of a picture in [−1, 1], black to white: 1×pixels. */
export function pixelsOf({ levels }: Pick<GrayPicture, 'levels'>): Matrix {
  const white = whiteOf(levels)
  const pixels = Float32Array.from(levels, level => (2 * level) / white - 1)
  return new Matrix(1, pixels.length, pixels)
}

/** The hole that a picture shows as a mask: 1×pixels, 1 where it is nearer to white than to black. */
export function holeIn({ levels }: Pick<GrayPicture, 'levels'>): Matrix {
  return new Matrix(1, levels.length, whereWhite(levels))
}

/**
 * The levels of a completed picture, on the scale of the incomplete one: observed ones as they were,
 * those of the hole rounded.
 * @param completed pixels in [−1, 1]; what is beyond is black or white
 */
export function completedLevels(
  { levels, mask }: Pick<IncompletePicture, 'levels' | 'mask'>,
  completed: Float32Array,
): Uint8Array | Uint16Array {
  const white = whiteOf(levels)
  return levels.map((level, j) => {
    const v = Math.min(1, Math.max(-1, completed[j]!))
    return mask.data[j] ? Math.round(((v + 1) / 2) * white) : level
  })
}

function whereWhite(levels: Uint8Array | Uint16Array): Float32Array {
  const middle = (whiteOf(levels) + 1) / 2
  return Float32Array.from(levels, level => (level >= middle ? 1 : 0))
}

function whiteOf(levels: Uint8Array | Uint16Array): number {
  return levels instanceof Uint16Array ? 65_535 : 255
}
