import { readFile } from 'node:fs/promises'
import { type ErrorCode, LacunaError } from 'lacuna'

/**
 * The bytes of a file; undefined if there is none.
 * @param code, hint of the error
 * @throws a LacunaError with the code if there is a file that cannot be read
 */
export async function readIfPresent(
  path: string,
  code: ErrorCode,
  hint: string,
): Promise<Buffer | undefined> {
  try {
    return await readFile(path)
  } catch (cause) {
    const { code: why, message } = cause as NodeJS.ErrnoException
    if (why === 'ENOENT' || why === 'ENOTDIR') return undefined
    throw new LacunaError(code, `cannot read ${path}: ${message}`, hint, { cause })
  }
}
