import {
  type GrayPicture,
  type ImageShape,
  LacunaError,
  Matrix,
  type Patch,
  readGrayPng,
  writeGrayPng,
} from 'lacuna'
import { completedLevels, holeIn, incompletePicture, pixelsOf } from 'lacuna/completion'
import type { Gap, Picture } from './question.js'

/** An image and its hole as models take them, and how answers to it are written. */
export interface ReadGap {
  /** 1×pixels. */
  readonly z: Matrix
  /** 1×pixels, 1 in the hole. */
  readonly mask: Matrix
  /** A PNG of a completion, of as many bits as the image had; 8 if that was numbers. */
  png(completed: Float32Array, texts: Record<string, string>): Promise<Uint8Array>
  /** Whether the image was a PNG. */
  readonly wasPicture: boolean
}

/**
 * Reads an image with a hole. What stands in the hole of an image of numbers plays no part.
 * @throws LACUNA_E_PNG, LACUNA_E_SHAPE or LACUNA_E_OPTION
 */
export async function readGap({ image, mask }: Gap, shape: ImageShape): Promise<ReadGap> {
  const hole = mask && (await maskPicture(mask, shape))
  if ('png' in image) {
    const read = incompletePicture(await readGrayPng(image.png), hole)
    const { z, mask: m } = read
    return { z, mask: m, png: writer(read.levels, m, shape), wasPicture: true }
  }
  if (!hole)
    throw new LacunaError(
      'LACUNA_E_OPTION',
      'nothing says where the hole is: an image of numbers comes without a mask',
      'Give a mask: 1 where a pixel is missing, a PNG, or a rectangle.',
    )
  const z = row(image.pixels)
  const m = holeIn(hole)
  const levels = Uint8Array.from(z.data, v => Math.round(((clipped(v) + 1) / 2) * 255))
  return { z, mask: m, png: writer(levels, m, shape), wasPicture: false }
}

/**
 * Reads a whole image, and where its hole was; nowhere, if there is no mask.
 * @throws LACUNA_E_PNG or LACUNA_E_SHAPE
 */
export async function readWhole(
  { image, mask }: Gap,
  shape: ImageShape,
): Promise<{ x: Matrix; mask: Matrix }> {
  const x = 'png' in image ? pixelsOf(await readGrayPng(image.png)) : row(image.pixels)
  const hole = mask ? holeIn(await maskPicture(mask, shape)) : new Matrix(1, x.cols)
  return { x, mask: hole }
}

/** A mask as a picture, white where pixels are missing. */
async function maskPicture(
  mask: Picture | Patch,
  { height, width }: ImageShape,
): Promise<GrayPicture> {
  if ('png' in mask) return readGrayPng(mask.png)
  const levels = new Uint8Array(height * width)
  if ('pixels' in mask) levels.set(mask.pixels.map(m => 255 * m))
  else {
    const { row, column } = mask
    for (let r = row; r < row + mask.height; r++)
      levels.fill(255, r * width + column, r * width + column + mask.width)
  }
  return { height, width, levels, hadColours: false }
}

function writer(levels: Uint8Array | Uint16Array, mask: Matrix, { height, width }: ImageShape) {
  return (completed: Float32Array, texts: Record<string, string>) =>
    writeGrayPng(completedLevels({ levels, mask }, completed), width, height, texts)
}

function row(pixels: Float32Array): Matrix {
  return new Matrix(1, pixels.length, pixels)
}

function clipped(v: number): number {
  return Math.min(1, Math.max(-1, v))
}
