import { join, resolve } from 'node:path'
import { Command, type Option } from 'commander'
import { LacunaError } from 'lacuna'
import { commandLine } from '../command-line.js'
import { INTERRUPTED } from '../interruption.js'
import { jsonOption, names, path, seedOption, wholeNumber } from '../options.js'
import { duration, Progress } from '../progress.js'
import { noteOlderRun, otherRun, requireSame, stopped, withWhatIsKept } from '../resuming.js'
import { RunFolder } from '../run-folder.js'
import { RunLock } from '../run-lock.js'
import type { Cells } from '../tables/cells.js'
import { type Examples, readExamples } from '../tables/examples.js'
import { Table } from '../tables/table.js'
import { describe, isTableConfig, type OpenRun, type TableConfig } from '../tables/table-run.js'

/** The options of every training on a table. */
type Options = {
  readonly inputs?: readonly string[]
  readonly outputs?: readonly string[]
  readonly epochs: number
  readonly seed: number
  readonly out: string
  readonly resume?: true
  readonly json?: true
}

/** Those of them that are part of a run's configuration. */
const shared = ['seed', 'epochs', 'inputs', 'outputs'] as const

/** What a run's configuration holds beside what all of them do: the model's own options. */
type Own<Config extends TableConfig> = Omit<Config, keyof TableConfig>

/** What training one kind of model on a table is made of. */
export type TableTraining<Config extends TableConfig, Figures extends object> = {
  /** Its name on the command line and in `config.json`. */
  readonly model: Config['model']
  readonly options: readonly Option[]
  /** How many epochs there are if nothing is said. */
  readonly epochs: number
  readonly cells: Cells
  /** Whether it can do without inputs. */
  readonly inputsOptional: boolean
  /** The names of its own options that are part of the configuration. */
  readonly configured: readonly (keyof Own<Config> & string)[]
  isOwn(config: Partial<Own<Config>>): boolean
  /** Its own part of the configuration of a new run on this data. */
  configure(options: Partial<Own<Config>>, data: Examples): Own<Config>
  /** What the data should be told of. */
  remarks(config: Config, data: Examples): string[]
  /** Trains to the end, writes the results into the run's folder, and returns them. */
  complete(
    opened: OpenRun<Config, Figures>,
    progress: Progress,
    signal: AbortSignal,
  ): Promise<{ metrics: object; lines: readonly string[] }>
}

/** The command `lacuna train MODEL`, without its description. */
export function tableCommand<Config extends TableConfig, Figures extends object>(
  training: TableTraining<Config, Figures>,
  signal: AbortSignal,
): Command {
  const { model, epochs } = training
  const command = new Command(model)
    .argument('<table>', 'the CSV file')
    .option(
      '--inputs <names>',
      'the columns to predict from, separated by commas',
      names('--inputs'),
    )
    .option(
      '--outputs <names>',
      'the columns to predict (default: all that are no inputs)',
      names('--outputs'),
    )
  for (const option of training.options) command.addOption(option)
  return command
    .option(
      '--epochs <n>',
      'passes over the rows, at most',
      wholeNumber('--epochs', 1, 100_000),
      epochs,
    )
    .addOption(seedOption(1))
    .option('--out <folder>', 'where everything is written', path('--out'), `runs/${model}`)
    .option('--resume', 'go on with the stopped run in --out, to the same bits')
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `
One row in ten is kept aside to judge by.
Ctrl-C stops within a second and keeps the last finished epoch; the exit code is then ${INTERRUPTED}.
With --resume, options that are left out are those of the stopped run.`,
    )
    .action((table: string, options: Options) => {
      const given = (option: string) => command.getOptionValueSource(option) === 'cli'
      return new TableTrainer(training, table, options, given, signal).run()
    })
}

/** One call of such a command. */
class TableTrainer<Config extends TableConfig, Figures extends object> {
  readonly #training: TableTraining<Config, Figures>
  readonly #table: string
  readonly #options: Options & Partial<Own<Config>>
  readonly #given: (option: string) => boolean
  readonly #signal: AbortSignal
  readonly #progress: Progress

  /** @param given whether an option was given on the command line, and is not the default */
  constructor(
    training: TableTraining<Config, Figures>,
    table: string,
    options: Options,
    given: (option: string) => boolean,
    signal: AbortSignal,
  ) {
    this.#training = training
    this.#table = table
    this.#options = options as Options & Partial<Own<Config>>
    this.#given = given
    this.#signal = signal
    this.#progress = new Progress(options)
  }

  async run(): Promise<void> {
    const start = performance.now()
    const progress = this.#progress
    const { out, json } = this.#options
    let opened: OpenRun<Config, Figures> | undefined
    let lock: RunLock | undefined
    try {
      lock = await RunLock.take(out)
      opened = await (this.#options.resume ? this.#resume() : this.#begin())
      const { metrics, lines } = await this.#training.complete(opened, progress, this.#signal)
      for (const line of lines) progress.print(line)
      const folder = resolve(out)
      const paths = {
        folder,
        report: join(folder, 'report.html'),
        checkpoint: join(folder, 'checkpoint.safetensors'),
      }
      progress.print(`\nReport: ${paths.report}`)
      progress.print(`Model: ${paths.checkpoint}`)
      if (json) {
        const seconds = Math.round(performance.now() - start) / 1000
        process.stdout.write(`${JSON.stringify({ ...metrics, paths, seconds }, null, 2)}\n`)
      } else progress.note(`Done in ${duration(performance.now() - start)}.`)
    } catch (error) {
      // A name that begins with a dash would be taken for an option.
      const table = this.#table.startsWith('-') ? `./${this.#table}` : this.#table
      const words = ['train', this.#training.model, table, '--resume']
      if (this.#given('out')) words.push('--out', out)
      throw this.#signal.aborted
        ? stopped(opened?.run, commandLine(words))
        : withWhatIsKept(error, opened?.run)
    } finally {
      progress.clear()
      await lock?.release()
    }
  }

  /** A new run in an empty or replaced folder. */
  async #begin(): Promise<OpenRun<Config, Figures>> {
    const { out, seed, epochs } = this.#options
    const columns = await this.#columns()
    const data = await this.#read(columns)
    await noteOlderRun(out, this.#isConfig, this.#progress)
    const { model, configure } = this.#training
    const config = {
      ...{ model, seed, epochs, ...columns },
      ...configure(this.#options, data),
      data: describe(data),
    } as unknown as Config
    this.#remark(config, data)
    const run = await RunFolder.create<Config, Figures>(out, config)
    await run.keepSource(this.#table)
    return { run, data }
  }

  /** The stopped run in the folder, if nothing that was given contradicts it. */
  async #resume(): Promise<OpenRun<Config, Figures>> {
    const { out } = this.#options
    const before = await RunFolder.open<Config, Figures>(out, this.#isConfig)
    const { config } = before
    const asked = [...shared, ...this.#training.configured].filter(this.#given)
    const options: Partial<Config> = this.#options as object
    requireSame(out, config, Object.fromEntries(asked.map(name => [name, options[name]])) as object)
    const data = await this.#read(config)
    if (describe(data).fingerprint !== config.data.fingerprint)
      throw otherRun(out, `it was trained on other rows than those of ${this.#table}`)
    this.#remark(config, data)
    return { run: await before.goOn(config.epochs), data }
  }

  readonly #isConfig = (config: Partial<Config>): boolean =>
    isTableConfig(this.#training.model, config) && this.#training.isOwn(config)

  #read({ inputs, outputs }: Pick<TableConfig, 'inputs' | 'outputs'>): Promise<Examples> {
    const { cells } = this.#training
    return readExamples(this.#table, { inputs, outputs }, cells, this.#progress, this.#signal)
  }

  #remark(config: Config, data: Examples): void {
    for (const remark of this.#training.remarks(config, data))
      this.#progress.note(`Note: ${remark}.`)
  }

  /** The columns that were named, checked; what is not named is an output. */
  async #columns(): Promise<Pick<TableConfig, 'inputs' | 'outputs'>> {
    const { inputsOptional } = this.#training
    const { inputs = inputsOptional ? [] : undefined } = this.#options
    if (!inputs) throw unfit('--inputs must name columns of the table')
    const outputs = this.#options.outputs ?? (await this.#others(inputs))
    const twice = inputs.find(name => outputs.includes(name))
    if (twice !== undefined) throw unfit(`column "${twice}" cannot be both input and output`)
    if (outputs.length === 0) throw unfit('no column is left to be predicted')
    return { inputs, outputs }
  }

  async #others(inputs: readonly string[]): Promise<readonly string[]> {
    const { columns } = await Table.open(this.#table, this.#signal)
    return columns.filter(name => !inputs.includes(name))
  }
}

function unfit(what: string): LacunaError {
  return new LacunaError(
    'LACUNA_E_OPTION',
    what,
    'Say what is to be predicted from what: --inputs a,b --outputs y.',
  )
}
