import { Random, Stream } from '../compute/random.js'
import type { ImageShape, Patch } from './mask.js'
import { drawPatches, type PatchOptions, sheetPatch } from './remove-patch.js'

/**
 * The patches of one step of a training: fresh ones for every step, drawn from that step of the
 * seed's stream, so that they depend on nothing that came before.
 *
 * @param n one patch for each image of the batch
 * @param seed the model's
 * @param step counted from 0 through all epochs
 *
 * @example
 * ```ts
 * // What `inpainter.train` does, one step at a time:
 * inpainter.step(images.matrix(0, 100), trainingPatches(100, images, 1, 0))
 * ```
 */
export function trainingPatches(
  n: number,
  image: ImageShape,
  seed: number,
  step: number,
  patch: Omit<PatchOptions, 'image'> = sheetPatch,
): Patch[] {
  return drawPatches(n, image, new Random(seed, Stream.patches, step), patch)
}
