import { LacunaError } from '../errors.js'

/**
 * A gray-scale PNG of 8 or 16 bits. The same pixels and text give the same bytes on every machine: the
 * compressor is plain JavaScript, and nothing like a time is added. It is loaded by the first picture.
 *
 * @param pixels one byte a pixel, row by row from the top left, 0 black and 255 white; or one 16-bit
 *   number, 65,535 white
 * @param width pixels in a row, at least 1
 * @param height number of rows, at least 1
 * @param text `tEXt` chunks: keywords of 1 to 79 characters, such as `Title` or `Description`, each
 *   with its text; both in Latin-1 without control characters (line breaks are allowed in the text)
 * @throws LACUNA_E_SHAPE if the sizes do not fit the pixels; LACUNA_E_OPTION if the text cannot be
 *   stored
 *
 * @example
 * ```ts
 * const png = await writeGrayPng(Uint8Array.of(0, 128, 255), 3, 1, { Title: 'black, gray, white' })
 * ```
 */
export async function writeGrayPng(
  pixels: Uint8Array | Uint16Array,
  width: number,
  height: number,
  text: Record<string, string> = {},
): Promise<Uint8Array> {
  for (const size of [width, height])
    if (!Number.isInteger(size) || size < 1 || size > 0x7fffffff)
      throw new LacunaError(
        'LACUNA_E_SHAPE',
        `a PNG cannot be ${width} pixels wide and ${height} high`,
        'Give two whole numbers, each at least 1.',
      )
  if (pixels.length !== width * height)
    throw new LacunaError(
      'LACUNA_E_SHAPE',
      `a picture of ${width}×${height} has ${width * height} pixels, but ${pixels.length} were given`,
      'Pass one number a pixel, row by row.',
    )
  for (const [keyword, value] of Object.entries(text))
    if (
      !/^[!-~\xa1-\xff](?: ?[!-~\xa1-\xff]){0,78}$/.test(keyword) ||
      keyword.length > 79 ||
      !/^[\n -~\xa0-\xff]*$/.test(value)
    )
      throw new LacunaError(
        'LACUNA_E_OPTION',
        `a PNG cannot store the text ${JSON.stringify(value)} under ${JSON.stringify(keyword)}`,
        'Use Latin-1 characters only, and keywords of 1 to 79 without spaces at their ends or in a row.',
      )
  const { encode } = await import('fast-png')
  const depth = pixels instanceof Uint16Array ? 16 : 8
  return encode({ width, height, data: pixels, channels: 1, depth, text })
}
