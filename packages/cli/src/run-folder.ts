import { open, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { crc32 } from 'node:zlib'
import { LacunaError } from 'lacuna'
import { readIfPresent } from './read-if-present.js'
import { cannotWrite, removeHalfWritten, writeFile } from './write-file.js'

/** What a run is: runs that agree in all of this agree in every bit. */
export type RunConfig = { readonly epochs: number }

/** A line of `metrics.jsonl`: an epoch's figures, and the CRC-32 of the state at its end. */
export type EpochRecord<Figures> = Figures & { readonly epoch: number; readonly state: string }

const CONFIG = 'config.json'
const RECORDS = 'metrics.jsonl'
const STATE = 'state.safetensors'
const CHECKPOINT = 'checkpoint.safetensors'
/** The model at the end of the last epoch, where `checkpoint.safetensors` is of a better one. */
export const LAST_CHECKPOINT = 'checkpoint-last.safetensors'
const SOURCE = 'source.json'

/** What only a finished run has; a run that starts over takes its predecessor's away. */
const RESULTS = [SOURCE, 'metrics.json', 'ladder.json', 'ladder.png', 'report.html']

/**
 * The folder of one run.
 *
 * `state.safetensors` alone decides how far the run is: it holds all that training needs to go on.
 * At the end of an epoch its line is appended to `metrics.jsonl`, then `checkpoint.safetensors` is
 * replaced, then `state.safetensors`, each of them synced before the next begins. Killed anywhere
 * in between, the run resumes from the previous state: the line that is then one too many is
 * recognised, because every line carries the CRC-32 of its state, and the checkpoint, which nothing
 * reads back, is replaced when the epoch has been repeated, by the same bytes.
 *
 * `checkpoint.safetensors` is the model to answer with. Where that is not the one at the end of the
 * last epoch, as with a validation error that has grown since, `checkpoint-last.safetensors` is.
 */
export class RunFolder<Config extends RunConfig, Figures extends object> {
  readonly path: string
  readonly config: Config
  readonly records: EpochRecord<Figures>[]
  /** The state to go on from; absent as long as no epoch has ended. */
  readonly state: Uint8Array | undefined

  private constructor(
    path: string,
    config: Config,
    records: EpochRecord<Figures>[],
    state: Uint8Array | undefined,
  ) {
    this.path = path
    this.config = config
    this.records = records
    this.state = state
  }

  /**
   * Starts a run in a folder, which is made if need be; an older run in it is replaced.
   * @throws LACUNA_E_WRITE
   */
  static async create<Config extends RunConfig, Figures extends object>(
    path: string,
    config: Config,
  ): Promise<RunFolder<Config, Figures>> {
    // The configuration goes first and comes last: without it, nothing else counts.
    for (const name of [CONFIG, STATE, CHECKPOINT, LAST_CHECKPOINT, RECORDS, ...RESULTS])
      await remove(join(path, name))
    await removeHalfWritten(path)
    const run = new RunFolder<Config, Figures>(path, config, [], undefined)
    await run.write(RECORDS, '')
    await run.#writeConfig()
    return run
  }

  /**
   * Opens the run in a folder to go on with it.
   * @param isConfig whether a configuration is one of the runs that are looked for
   * @throws LACUNA_E_RESUME if there is none, or its files do not belong together
   */
  static async open<Config extends RunConfig, Figures extends object>(
    path: string,
    isConfig: (config: Partial<Config>) => boolean,
  ): Promise<RunFolder<Config, Figures>> {
    const config = parseConfig(path, await readOwn(join(path, CONFIG)), isConfig)
    const lines = await readOwn(join(path, RECORDS))
    const state = await readOwn(join(path, STATE))
    if (state === undefined) return new RunFolder(path, config, [], undefined)
    const records = parseRecords<Figures>(lines?.toString() ?? '')
    const last = records.findLastIndex(record => record?.state === checksum(state))
    if (last < 0 || records.slice(0, last + 1).some(({ epoch }, i) => epoch !== i))
      throw notResumable(path, `${STATE} is not the state of any epoch in ${RECORDS}`)
    return new RunFolder(path, config, records.slice(0, last + 1), state)
  }

  /**
   * Makes the folder ready for the epochs to come: forgets what was noted beyond the state, and
   * notes how many epochs are planned now.
   */
  async goOn(epochs: number): Promise<RunFolder<Config, Figures>> {
    const config = { ...this.config, epochs }
    await removeHalfWritten(this.path)
    const run = new RunFolder<Config, Figures>(this.path, config, this.records, this.state)
    await run.write(RECORDS, run.records.map(record => `${JSON.stringify(record)}\n`).join(''))
    await run.#writeConfig()
    return run
  }

  /** Writes a file of the run, whole or not at all. */
  write(name: string, content: string | Uint8Array): Promise<void> {
    return writeFile(join(this.path, name), content)
  }

  /**
   * Keeps the end of an epoch, as described above.
   * @param checkpoint the model to answer with
   * @param last the model at the end of this epoch, where that to answer with is of a better one
   */
  async keep(
    epoch: Figures & { readonly epoch: number; readonly state: Uint8Array },
    checkpoint: Uint8Array,
    last?: Uint8Array,
  ): Promise<void> {
    const record: EpochRecord<Figures> = { ...epoch, state: checksum(epoch.state) }
    await append(join(this.path, RECORDS), `${JSON.stringify(record)}\n`)
    await this.write(CHECKPOINT, checkpoint)
    if (last) await this.write(LAST_CHECKPOINT, last)
    else await remove(join(this.path, LAST_CHECKPOINT))
    await this.write(STATE, epoch.state)
    this.records.push(record)
  }

  /** Notes where the data lie, if they do. It is no part of the configuration: data may be moved. */
  async keepSource(path: string | undefined): Promise<void> {
    if (path !== undefined) await this.write(SOURCE, `${JSON.stringify({ path: resolve(path) })}\n`)
  }

  /** Where the data lay when the run began; undefined if that was not noted, or the note is damaged. */
  async source(): Promise<string | undefined> {
    const note = await readOwn(join(this.path, SOURCE))
    try {
      const { path } = JSON.parse(note?.toString() ?? '{}') as { path?: unknown }
      return typeof path === 'string' ? path : undefined
    } catch {
      return undefined
    }
  }

  #writeConfig(): Promise<void> {
    return this.write(CONFIG, `${JSON.stringify(this.config, null, 2)}\n`)
  }
}

async function remove(path: string): Promise<void> {
  await rm(path, { force: true }).catch(error => {
    throw cannotWrite(path, error)
  })
}

async function append(path: string, line: string): Promise<void> {
  try {
    const file = await open(path, 'a')
    try {
      await file.writeFile(line)
      await file.sync()
    } finally {
      await file.close()
    }
  } catch (error) {
    throw cannotWrite(path, error)
  }
}

function checksum(bytes: Uint8Array): string {
  return crc32(bytes).toString(16).padStart(8, '0')
}

/** A file of a run; undefined if there is none. */
function readOwn(path: string): Promise<Buffer | undefined> {
  const hint = 'Make the file readable, or start the run anew without --resume.'
  return readIfPresent(path, 'LACUNA_E_RESUME', hint)
}

function parseConfig<Config extends RunConfig>(
  path: string,
  json: Buffer | undefined,
  isConfig: (config: Partial<Config>) => boolean,
): Config {
  if (json === undefined) throw notResumable(path, `there is no ${CONFIG} in it`)
  try {
    const config = JSON.parse(json.toString()) as Config
    if (isWhole(config.epochs) && isConfig(config)) return config
  } catch {
    // Said below.
  }
  throw notResumable(path, `its ${CONFIG} is damaged, or another command's`)
}

/** Whether a value of a configuration is a whole number from 0 on. */
export function isWhole(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0
}

/** The lines up to the first that is torn or damaged. */
function parseRecords<Figures>(lines: string): EpochRecord<Figures>[] {
  const records: EpochRecord<Figures>[] = []
  for (const line of lines.split('\n')) {
    try {
      records.push(JSON.parse(line) as EpochRecord<Figures>)
    } catch {
      break
    }
  }
  return records
}

function notResumable(path: string, why: string): LacunaError {
  return new LacunaError(
    'LACUNA_E_RESUME',
    `${path} holds no run to go on with: ${why}`,
    'Name the folder of a stopped run with --out, or start anew without --resume.',
  )
}
