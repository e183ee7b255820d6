import { readdir } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { LacunaError } from 'lacuna'
import { type RunConfig, RunFolder } from '../run-folder.js'
import { ownerOf } from '../run-lock.js'
import { type Family, type Figures, families } from './families.js'

/** A run as others see it: how far it is, and what it measured. */
export type KnownRun = {
  readonly folder: RunFolder<RunConfig, Figures>
  readonly family: Family
  readonly state: 'training' | 'stopped' | 'finished'
  /** The figure of its family at each epoch behind it. */
  readonly curve: readonly number[]
}

/**
 * The run in a folder.
 * @throws LACUNA_E_RESUME if there is none, or its files are damaged
 */
export async function openRun(path: string): Promise<KnownRun> {
  let family: Family | undefined
  const folder = await RunFolder.open<RunConfig, Figures>(path, config => {
    family = families.find(({ owns }) => owns(config))
    return family !== undefined
  })
  const finished = (await readdir(path)).includes('report.html')
  const busy = (await ownerOf(path)) !== undefined
  const curve = folder.records
    .map(record => family!.valueOf(record))
    .filter((value): value is number => typeof value === 'number' && Number.isFinite(value))
  const state = busy ? 'training' : finished ? 'finished' : 'stopped'
  return { folder, family: family!, state, curve }
}

/**
 * The runs in a folder: itself, or those one level below it, by name.
 * @returns them, and for each folder that has a `config.json` but cannot be opened why that is
 * @throws LACUNA_E_DATA if the folder cannot be read
 */
export async function findRuns(path: string): Promise<{ runs: KnownRun[]; damaged: string[] }> {
  const below = await readdir(path, { withFileTypes: true }).catch((error: Error) => {
    throw new LacunaError(
      'LACUNA_E_DATA',
      `cannot read the folder ${path}: ${error.message}`,
      'Name a folder that holds runs, such as runs.',
    )
  })
  const folders = below.some(({ name }) => name === 'config.json')
    ? [path]
    : below.filter(entry => entry.isDirectory()).map(({ name }) => join(path, name))
  const runs: KnownRun[] = []
  const damaged: string[] = []
  for (const folder of folders.sort()) {
    const names = await readdir(folder).catch((): string[] => [])
    if (!names.includes('config.json')) continue
    try {
      runs.push(await openRun(folder))
    } catch (error) {
      if (!(error instanceof LacunaError)) throw error
      damaged.push(`${basename(folder)}: ${error.message}`)
    }
  }
  return { runs, damaged }
}
