import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { methods } from 'lacuna/completion'
import { readIfPresent } from './read-if-present.js'

/** Where the checkpoints are that come with Lacuna. */
export const readyMade = dirname(
  createRequire(import.meta.url).resolve('lacuna-models/models.json'),
)

/** The file of a method's checkpoint. */
export function checkpointFile(folder: string, method: string): string {
  return join(folder, `${method}.safetensors`)
}

/**
 * A method's checkpoint in a folder; undefined if there is none.
 * @throws LACUNA_E_CHECKPOINT if there is a file that cannot be read
 */
export async function checkpointIn(
  folder: string,
  method: string,
): Promise<Uint8Array | undefined> {
  const path = checkpointFile(folder, method)
  return readIfPresent(
    path,
    'LACUNA_E_CHECKPOINT',
    'Make the file readable, or name another folder.',
  )
}

/** The methods' checkpoints in a folder that is named, else those that come with Lacuna. */
export async function checkpointsAtHand(folder?: string): Promise<Map<string, Uint8Array>> {
  const found = new Map<string, Uint8Array>()
  for (const { name, checkpoint } of methods) {
    if (!checkpoint) continue
    const bytes =
      (folder && (await checkpointIn(folder, name))) || (await checkpointIn(readyMade, name))
    if (bytes) found.set(name, bytes)
  }
  return found
}
