import { readdir } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { LacunaError } from 'lacuna'
import { type RunConfig, RunFolder } from '../run-folder.js'
import { ownerOf } from '../run-lock.js'
import { type Family, type Figures, families } from './families.js'

/** What the configurations of all kinds of run have in common. */
type KnownConfig = RunConfig & {
  readonly steps?: number
  readonly data: { readonly fingerprint: string }
}

/** A run as others see it: how far it is, and what it measured. */
export type KnownRun = {
  readonly folder: RunFolder<KnownConfig, Figures>
  readonly family: Family
  readonly state: 'training' | 'stopped' | 'finished'
  /** The figure of its family at each epoch behind it, or at each of the steps that are reported. */
  readonly curve: readonly { readonly at: number; readonly value: number }[]
}

/**
 * The run in a folder.
 * @throws LACUNA_E_RESUME if there is none, or its files are damaged
 */
export async function openRun(path: string): Promise<KnownRun> {
  let family: Family | undefined
  const folder = await RunFolder.open<KnownConfig, Figures>(path, config => {
    family = families.find(({ owns }) => owns(config))
    return family !== undefined
  })
  const finished = (await readdir(path)).includes('report.html')
  const busy = (await ownerOf(path)) !== undefined
  const curve = folder.records.flatMap(record => {
    const [at, value] = [record.step ?? record.epoch, family!.valueOf(record)]
    return Number.isFinite(at) && Number.isFinite(value)
      ? [{ at: at as number, value: value as number }]
      : []
  })
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
