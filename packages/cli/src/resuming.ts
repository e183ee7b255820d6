import { LacunaError } from 'lacuna'
import type { Progress } from './progress.js'
import { type RunConfig, RunFolder } from './run-folder.js'

/** A run that counts epochs or, if its records say so, steps. */
type Standing = {
  readonly records: readonly { readonly epoch: number; readonly step?: number }[]
  readonly config: RunConfig & { readonly steps?: number }
}

export function howFar({ records, config }: Standing): string {
  if (config.steps === undefined) return `${records.length} of ${config.epochs} epochs`
  const [done, all] = [records.at(-1)?.step ?? 0, config.steps].map(n => n.toLocaleString('en'))
  return `${done} of ${all} steps`
}

/** Remarks that a run in the folder was stopped and is now replaced. */
export async function noteOlderRun<Config extends RunConfig>(
  out: string,
  isConfig: (config: Partial<Config>) => boolean,
  progress: Progress,
): Promise<void> {
  const older = await RunFolder.open(out, isConfig).catch(() => undefined)
  if (!older?.state) return
  const finished = older.records.length >= older.config.epochs
  const what = finished ? 'a finished run' : `a run stopped after ${howFar(older)}`
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

/** An error of a training, with where what was learnt before is kept. */
export function withWhatIsKept(
  error: unknown,
  run: (Standing & { readonly path: string }) | undefined,
): unknown {
  if (!(error instanceof LacunaError) || !run || run.records.length === 0) return error
  if (!['LACUNA_E_DIVERGED', 'LACUNA_E_WRITE'].includes(error.code)) return error
  const { code, hint, message } = error
  return new LacunaError(
    code,
    message.slice(code.length + 2),
    `${hint} What was learnt in ${howFar(run)} is kept in ${run.path}.`,
    { cause: error },
  )
}

/**
 * What a stopped run says last.
 * @param command the line that goes on with it
 */
export function stopped(run: Standing | undefined, command: string): LacunaError {
  return new LacunaError(
    'LACUNA_E_ABORTED',
    run ? `stopped after ${howFar(run)}` : 'stopped before training began',
    run ? `Go on with: ${command}` : 'Nothing was lost.',
  )
}
