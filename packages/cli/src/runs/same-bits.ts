import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { LacunaError } from 'lacuna'

/** Names where the data lie, which may have been moved. */
const ELSEWHERE = 'source.json'

/**
 * Compares the files that two runs left.
 * @returns the names of those files, if all are equal
 * @throws LACUNA_E_REPLAY naming the first epoch that differs, or the files
 */
export async function sameBits(first: string, second: string): Promise<string[]> {
  const epoch = await firstDifference(join(first, 'metrics.jsonl'), join(second, 'metrics.jsonl'))
  if (epoch !== undefined) throw differs(`they part in line ${epoch + 1} of metrics.jsonl`)
  const names = (await readdir(second)).filter(name => name !== ELSEWHERE)
  const different: string[] = []
  for (const name of names) {
    const [a, b] = await Promise.all([first, second].map(folder => bytesOf(join(folder, name))))
    if (!a || !b?.equals(a)) different.push(name)
  }
  if (different.length > 0)
    throw differs(`every epoch is the same, but not ${different.sort().join(', ')}`)
  return names.sort()
}

/** The first line in which two files differ; undefined if there is none. */
async function firstDifference(first: string, second: string): Promise<number | undefined> {
  const [a, b] = await Promise.all(
    [first, second].map(async file => ((await bytesOf(file)) ?? '').toString().split('\n')),
  )
  const length = Math.max(a!.length, b!.length)
  const at = Array.from({ length }, (_, i) => a![i] === b![i]).indexOf(false)
  return at < 0 ? undefined : at
}

async function bytesOf(file: string): Promise<Buffer | undefined> {
  return readFile(file).catch(() => undefined)
}

function differs(where: string): LacunaError {
  return new LacunaError(
    'LACUNA_E_REPLAY',
    `the second run left other bits than the first: ${where}`,
    'The first run is of another version of Lacuna (CHANGELOG.md says when bits changed), or its files were changed. If neither, please report it.',
  )
}
