import { join, resolve } from 'node:path'
import { Command, Option } from 'commander'
import { LacunaError, writeIdx } from 'lacuna'
import {
  hasLearntFrom,
  type MaskKind,
  type Method,
  maskKinds,
  methodNamed,
  methods,
} from 'lacuna/completion'
import { inBackground } from '../background.js'
import type { Compared, ComparisonJob, ComparisonReport } from '../comparison/comparison.js'
import { comparisonPicture, type PictureRow } from '../comparison/picture.js'
import { type ComparisonResult, comparisonTable, figuresOf } from '../comparison/results.js'
import { lessonOf } from '../comparison/work.js'
import type { Dataset } from '../datasets/dataset.js'
import { openDataset } from '../datasets/open.js'
import {
  dataOption,
  examples,
  jsonOption,
  names,
  path,
  seedOption,
  wholeNumber,
} from '../options.js'
import { duration, Progress } from '../progress.js'
import { checkpointFile, checkpointsAtHand } from '../ready-made.js'
import { TimeLeft } from '../time-left.js'
import { requireWritable, writeFile } from '../write-file.js'

type Options = {
  readonly methods?: readonly string[]
  readonly masks: MaskKind
  readonly n?: number
  readonly seed: number
  readonly data: string
  readonly models?: string
  readonly save?: string
  readonly out: string
  readonly json?: true
}

/** Methods that every other is to be seen beside. */
const ALWAYS = ['gray', 'mean', 'conditional-pca']

/** Images of the picture. */
const SHOWN = 12

/** `lacuna compare`: every method on one yardstick. */
export function compareCommand(signal: AbortSignal): Command {
  const command = new Command('compare')
    .summary('measure ways to fill gaps on one yardstick')
    .description(
      'Fill the same holes of the same test images by several methods, and measure each: error inside the holes, what a classifier still reads, and how well a critic tells the completions from true images. A table, compare.json and compare.png, a picture with one row for each method.',
    )
    .addOption(
      new Option(
        '--methods <list>',
        `which ones, or all (default: those that learn in seconds or have a checkpoint at hand that has learnt from these images); ${ALWAYS.join(', ')} are always among them`,
      ).argParser(names('--methods')),
    )
    .addOption(new Option('--masks <kind>', 'the holes').choices(maskKinds).default('patch'))
    .option(
      '--n <n>',
      'use the first n test images only, for a quick look',
      wholeNumber('--n', 1, 10_000_000),
    )
    .addOption(seedOption(1))
    .addOption(dataOption())
    .option(
      '--models <folder>',
      'take checkpoints from this folder, METHOD.safetensors, and put there those that are trained',
      path('--models'),
    )
    .option(
      '--save <folder>',
      'write true and incomplete images, masks and all completions as IDX files',
      path('--save'),
    )
    .option('--out <folder>', 'where table and picture are written', path('--out'), 'runs/compare')
    .addOption(jsonOption())
    .action((options: Options) => runCompare(options, signal))
  examples(command, [
    ['lacuna compare', 'what needs no long training'],
    ['lacuna compare --methods all --models runs/models', 'all; trained once, then kept'],
    ['lacuna compare --methods any,nearest --masks strokes', 'two, on brush strokes'],
    ['lacuna compare --n 500 --data strokes', 'a quick look, without a download'],
    ['lacuna compare --save completions', 'for your own judges: IDX files, holes 255 in the mask'],
  ])
  command.addHelpText('after', `\nMethods:\n${methodList()}`)
  return command
}

function methodList(): string {
  const width = Math.max(...methods.map(({ name }) => name.length))
  return methods
    .map(({ name, title, holes, score, effort }) => {
      const about = [
        title,
        ...(holes === 'patch' ? ['6×6 patches only'] : []),
        ...(score ? ['several answers'] : []),
        ...(effort === 'minutes' ? ['trains for minutes'] : []),
      ]
      return `  ${name.padEnd(width)}   ${about.join('; ')}`
    })
    .join('\n')
}

async function runCompare(options: Options, signal: AbortSignal): Promise<void> {
  const start = performance.now()
  const progress = new Progress(options)
  const { masks, seed, save, out, models } = options
  try {
    const chosen = options.methods?.join() === 'all' ? methods : options.methods?.map(methodNamed)
    for (const folder of [out, save, models]) if (folder) await requireWritable(folder)
    const data = await openDataset(options.data, progress, signal)
    introduce(data, progress)
    const { test } = data
    if (options.n && options.n > test.images.count)
      throw new LacunaError(
        'LACUNA_E_OPTION',
        `--n must be a whole number from 1 to ${test.images.count}, for that many test images are there, not ${options.n}`,
        'Ask for fewer, or choose other data with --data.',
      )
    const checkpoints = await checkpointsAtHand(models)
    const learnt = data.train.images.slice(0, data.train.images.count - heldOut(data))
    const isAtHand = (method: Method) => {
      const bytes = checkpoints.get(method.name)
      return bytes !== undefined && hasLearntFrom(method, bytes, lessonOf(method, learnt))
    }
    const list = methods.filter(
      method =>
        ALWAYS.includes(method.name) ||
        (chosen?.includes(method) ?? (method.effort === 'seconds' || isAtHand(method))),
    )
    const job: ComparisonJob = {
      train: data.train,
      test,
      masks,
      seed,
      ...(options.n && { n: options.n }),
      methods: list.map(({ name }) => name),
      named: options.methods?.join() === 'all' ? [] : (options.methods ?? []),
      checkpoints,
    }
    const result = await follow(job, data, options, progress, signal)
    progress.clear()
    const count = result.images.test.toLocaleString('en')
    progress.print(`Holes of ${count} test images (${masks})`)
    for (const line of comparisonTable(result)) progress.print(line)
    progress.print(`\nPicture: ${resolve(out, 'compare.png')}`)
    if (options.json) process.stdout.write(`${JSON.stringify(result, null, 2)}\n`)
    else progress.note(`Done in ${duration(performance.now() - start)}.`)
  } catch (error) {
    throw signal.aborted
      ? new LacunaError(
          'LACUNA_E_ABORTED',
          'stopped before the comparison was done',
          models
            ? `What was trained is in ${models}; the same command goes on from there.`
            : 'With --models FOLDER, what is trained is kept and taken from there the next time.',
        )
      : error
  } finally {
    progress.clear()
  }
}

/** Follows the thread that compares, writes what is to be kept, and gathers the result. */
async function follow(
  job: ComparisonJob,
  data: Dataset,
  { save, out, models }: Options,
  progress: Progress,
  signal: AbortSignal,
): Promise<ComparisonResult> {
  const { height, width } = data.test.images
  const size = height * width
  const saveImages = async (name: string, pixels: Uint8Array) => {
    if (!save) return
    const idx = writeIdx([pixels.length / size, height, width], pixels)
    await writeFile(join(save, `${name}-images-idx3-ubyte`), idx)
  }
  const rows: PictureRow[] = []
  const show = (name: string, pixels: Uint8Array) =>
    rows.push({ name, pixels: pixels.slice(0, SHOWN * size) })
  const compared: Compared[] = []
  let recognition = { clean: Number.NaN, incomplete: Number.NaN }
  let test = 0
  const timeLeft = new TimeLeft(progress)
  const worker = new URL('../comparison/comparison-worker.js', import.meta.url)
  for await (const report of inBackground<ComparisonReport>(worker, job, signal)) {
    if ('progress' in report) {
      const { label, phase, fraction, detail } = report.progress
      timeLeft.show(label, phase, fraction, detail)
    } else if ('note' in report) progress.note(report.note)
    else if ('trial' in report) {
      recognition = report.recognition
      test = report.trial.truth.length / size
      for (const [name, pixels] of Object.entries(report.trial)) {
        await saveImages(name === 'truth' ? 'true' : name, pixels)
        if (name !== 'mask') show(name === 'truth' ? 'true' : name, pixels)
      }
    } else {
      const { name } = report.compared
      compared.push(report.compared)
      show(name, report.completed)
      await saveImages(name, report.completed)
      if (models && report.checkpoint)
        await writeFile(checkpointFile(models, name), report.checkpoint)
    }
  }
  const held = heldOut(data)
  const result: ComparisonResult = {
    seed: job.seed,
    masks: job.masks,
    data: { name: data.name, fingerprint: data.fingerprint },
    images: { train: data.train.images.count - held, heldOut: held, test },
    recognition,
    methods: compared.map(figuresOf),
    seconds: Object.fromEntries(compared.map(({ name, seconds }) => [name, seconds])),
  }
  await writeFile(join(out, 'compare.png'), await comparisonPicture(rows, { height, width }))
  await writeFile(join(out, 'compare.json'), `${JSON.stringify(result, null, 2)}\n`)
  return result
}

/** How many training images the yardstick keeps aside. */
function heldOut({ train }: Dataset): number {
  return Math.floor(train.images.count / 6)
}

function introduce({ name, folder, train, test }: Dataset, progress: Progress): void {
  const [n, m] = [train, test].map(({ images }) => images.count.toLocaleString('en'))
  const where = folder === undefined ? '' : ` in ${folder}`
  progress.note(`Data: ${name}${where}, ${n} training and ${m} test images`)
}
