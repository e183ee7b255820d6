import { readFile } from 'node:fs/promises'
import { type GrayPicture, LacunaError, readGrayPng } from 'lacuna'
import { type IncompletePicture, incompletePicture } from 'lacuna/completion'

/**
 * Reads a picture and its hole: what is white in another picture of the same size, or what is
 * transparent in the picture itself.
 *
 * @param maskPath the other picture; if left out, the picture has to have transparency
 * @returns the picture, and what a user should know of how it was read
 * @throws LACUNA_E_DATA if a file cannot be read, LACUNA_E_PNG if it is no picture, and what
 *   `incompletePicture` throws
 */
export async function readIncomplete(
  path: string,
  maskPath?: string,
): Promise<IncompletePicture & { readonly notes: readonly string[] }> {
  const read = await readPicture(path)
  const other = maskPath === undefined ? undefined : await readPicture(maskPath)
  const picture = incompletePicture(read, other)
  const { z, mask } = picture
  const observed = mask.data.reduce((sum, m) => sum + 1 - m, 0)
  const brightness = z.data.reduce((sum, v) => sum + v, 0) / observed
  const notes = [
    ...(read.hadColours ? [`${path} has colours; it is completed in gray`] : []),
    ...(other && read.alpha ? [`The transparency of ${path} is not used, as there is a mask`] : []),
    ...(brightness > 0
      ? [`${path} is bright, but the data that come with Lacuna are white ink on black`]
      : []),
  ]
  return { ...picture, notes }
}

async function readPicture(path: string): Promise<GrayPicture> {
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
