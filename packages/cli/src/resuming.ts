import { LacunaError } from 'lacuna'
import type { Progress } from './progress.js'
import { type RunConfig, RunFolder } from './run-folder.js'

/** Remarks that a run in the folder was stopped and is now replaced. */
export async function noteOlderRun<Config extends RunConfig>(
  out: string,
  isConfig: (config: Partial<Config>) => boolean,
  progress: Progress,
): Promise<void> {
  const older = await RunFolder.open(out, isConfig).catch(() => undefined)
  if (!older?.state) return
  const { length } = older.records
  const { epochs } = older.config
  const what =
    length < epochs ? `a run stopped after ${length} of ${epochs} epochs` : 'a finished run'
  progress.note(`${out} held ${what}, which this one replaces.`)
}

/**
 * Checks that a run is what was asked for.
 * @param asked the part of the configuration that was given on the command line
 * @throws LACUNA_E_RESUME naming the first difference
 */
export function requireSame<Config extends RunConfig>(
  out: string,
  config: Config,
  asked: Partial<Config>,
): void {
  for (const [name, value] of Object.entries(asked)) {
    const own = config[name as keyof Config]
    if (String(own) !== String(value)) throw otherRun(out, `its ${name} is ${own}, not ${value}`)
  }
}

/** The error for a run that is not the one asked for. */
export function otherRun(out: string, why: string): LacunaError {
  return new LacunaError(
    'LACUNA_E_RESUME',
    `the run in ${out} is another one: ${why}`,
    'Leave the option out, name the folder of the right run with --out, or start anew without --resume.',
  )
}

/**
 * What a stopped run says last.
 * @param command the words that go on with it
 */
export function stopped(
  run: { records: readonly unknown[]; config: RunConfig } | undefined,
  command: readonly string[],
): LacunaError {
  return new LacunaError(
    'LACUNA_E_ABORTED',
    run
      ? `stopped after ${run.records.length} of ${run.config.epochs} epochs`
      : 'stopped before training began',
    run ? `Go on with: ${command.join(' ')}` : 'Nothing was lost.',
  )
}
