import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { Command, Option } from 'commander'
import { type ImageShape, LacunaError, writeGrayPng } from 'lacuna'
import {
  completedLevels,
  type IncompletePicture,
  imageOfCheckpoint,
  methodNamed,
  methods,
} from 'lacuna/completion'
import { inBackground } from '../background.js'
import type { CompletionJob, CompletionReport, Completions } from '../completion/answers.js'
import { readIncomplete } from '../completion/incomplete-picture.js'
import { openDataset } from '../datasets/open.js'
import { dataOption, examples, jsonOption, path, seedOption, wholeNumber } from '../options.js'
import { duration, Progress } from '../progress.js'
import { checkpointIn, readyMade } from '../ready-made.js'
import { textTable } from '../text-table.js'
import { TimeLeft } from '../time-left.js'
import { writeFile } from '../write-file.js'

type Options = {
  readonly mask?: string
  readonly model?: string
  readonly method?: string
  readonly answers?: number
  readonly seed: number
  readonly data: string
  readonly out: string
  readonly json?: true
}

/** `lacuna complete`: one picture with a hole. */
export function completeCommand(signal: AbortSignal, version: string): Command {
  const command = new Command('complete')
    .summary('fill the hole in a picture')
    .description(
      'Fill the hole in a PNG picture: the pixels that are white in the mask or, without a mask, transparent in the picture. All other pixels stay as they are. Pictures have the size that the model has learnt, 28×28 for the data that come with Lacuna.',
    )
    .argument(
      '<picture>',
      'the PNG file: 8 or 16 bits, gray, or in colours, which are turned to gray',
    )
    .option(
      '--mask <file>',
      'a PNG file of the same size, white in the hole',
      path('--mask', 'file'),
    )
    .addOption(
      new Option('--model <file>', 'checkpoint of the model to use')
        .argParser(path('--model', 'file'))
        .conflicts('method'),
    )
    .option(
      '--method <name>',
      'a method of `lacuna compare --help`; without a checkpoint at hand it is trained first',
    )
    .option(
      '--answers <n>',
      'several answers, each with its probability or energy: OUT-1.png, OUT-2.png …',
      wholeNumber('--answers', 1, 100),
    )
    .addOption(seedOption(1))
    .addOption(dataOption())
    .requiredOption('-o, --out <file>', 'the PNG file to write', path('--out', 'file'))
    .addOption(jsonOption())
    .action((picture: string, options: Options) => complete(picture, options, signal, version))
  examples(command, [
    ['lacuna complete digit.png --mask hole.png -o whole.png', 'the best guess'],
    ['lacuna complete digit.png -o whole.png', 'where the hole is transparent'],
    ['lacuna complete digit.png --mask hole.png --answers 5 -o whole.png', 'up to five answers'],
    [
      'lacuna complete digit.png --mask hole.png --method nearest -o whole.png',
      'from the most similar digit',
    ],
  ])
  return command
}

async function complete(
  picturePath: string,
  options: Options,
  signal: AbortSignal,
  version: string,
): Promise<void> {
  const start = performance.now()
  const progress = new Progress(options)
  try {
    const { mask, out, answers: count, seed } = options
    if ([picturePath, mask, options.model].some(file => file && resolve(file) === resolve(out)))
      throw new LacunaError(
        'LACUNA_E_OPTION',
        `--out must not be ${out}, which is read from`,
        'Name another file.',
      )
    const picture = await readIncomplete(picturePath, mask)
    for (const note of picture.notes) progress.note(note)
    const { source, data } = await chooseSource(picture, options, progress, signal)
    const job: CompletionJob = {
      z: picture.z.data,
      mask: picture.mask.data,
      seed,
      source,
      ...(count !== undefined && { answers: count }),
    }
    const { method, hash, score, answers } = await follow(job, progress, signal)
    const model = hash ?? `${method} of ${data}`
    const written: { file: string; score?: number }[] = []
    for (const [k, answer] of answers.entries()) {
      const file = count === undefined ? out : numbered(out, k + 1)
      const levels = completedLevels(picture, answer.completed)
      const text = {
        Software: `lacuna ${version}`,
        'Lacuna method': method,
        'Lacuna model': model,
        'Lacuna seed': String(seed),
        ...(score && { [`Lacuna ${score}`]: String(answer.score) }),
      }
      await writeFile(file, await writeGrayPng(levels, picture.width, picture.height, text))
      written.push({ file: resolve(file), ...(score && { score: answer.score! }) })
    }
    progress.clear()
    if (count !== undefined && answers.length < count)
      progress.note(`${method} finds ${answers.length} different answers, not ${count}`)
    const figure = (value: number) =>
      score === 'probability' ? `${(100 * value).toFixed(1)} %` : value.toFixed(4)
    const rows = written.map(({ file, score }) => [file, score === undefined ? '' : figure(score)])
    for (const line of textTable([['completed', score ?? ''], ...rows], 'lr')) progress.print(line)
    if (options.json) {
      const given = written.map(({ file, score: value }) => ({
        file,
        ...(score && { [score]: value }),
      }))
      process.stdout.write(`${JSON.stringify({ method, model, seed, answers: given }, null, 2)}\n`)
    } else progress.note(`By ${method}, in ${duration(performance.now() - start)}.`)
  } catch (error) {
    throw signal.aborted
      ? new LacunaError('LACUNA_E_ABORTED', 'stopped', 'Nothing was written.')
      : error
  } finally {
    progress.clear()
  }
}

/** The checkpoint, or the method and the images to train it on, and what these are called. */
async function chooseSource(
  picture: IncompletePicture,
  { model, method, answers, data }: Options,
  progress: Progress,
  signal: AbortSignal,
): Promise<{ source: CompletionJob['source']; data?: string }> {
  const checkpoint = model
    ? await readModel(model)
    : await atHand(method === undefined ? preferred(picture, answers) : [methodNamed(method).name])
  if (checkpoint) {
    requireSize(picture, imageOfCheckpoint(checkpoint))
    return { source: { checkpoint } }
  }
  const name = method ?? (answers === undefined ? 'conditional-pca' : 'nearest')
  const set = await openDataset(data, progress, signal)
  const { images } = set.train
  requireSize(picture, images)
  if (methodNamed(name).effort === 'minutes')
    progress.note(
      `${name} has no checkpoint at hand and is trained first, for this picture alone; with --model it would be ready at once`,
    )
  const source = { method: name, images: { ...images } }
  return { source, data: `${set.name} ${set.fingerprint}` }
}

/** Which methods are to be preferred if their checkpoints come with Lacuna, the best first. */
function preferred({ mask, width }: IncompletePicture, answers: number | undefined): string[] {
  const patch = isPatch(mask.data, width)
  if (answers !== undefined) return patch ? ['heads'] : []
  return patch ? ['window', 'any'] : ['any']
}

/** Whether a hole is one of the sheet's patches, 6×6 pixels. */
function isPatch(mask: Float32Array, width: number): boolean {
  const first = mask.indexOf(1)
  const [row, column] = [Math.floor(first / width), first % width]
  return mask.every((m, j) => {
    const [r, c] = [Math.floor(j / width) - row, (j % width) - column]
    return (m === 1) === (r >= 0 && r < 6 && c >= 0 && c < 6)
  })
}

async function atHand(names: readonly string[]): Promise<Uint8Array | undefined> {
  for (const name of names) {
    const bytes = await checkpointIn(readyMade, name)
    if (bytes) return bytes
  }
  return undefined
}

async function readModel(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file)
  } catch (error) {
    throw new LacunaError(
      'LACUNA_E_CHECKPOINT',
      `cannot read ${file}: ${(error as Error).message}`,
      `Name the checkpoint of a model that completes images: ${methods
        .filter(({ checkpoint }) => checkpoint)
        .map(({ name }) => name)
        .join(', ')}.`,
      { cause: error },
    )
  }
}

function requireSize(picture: IncompletePicture, { height, width }: ImageShape): void {
  if (picture.height === height && picture.width === width) return
  throw new LacunaError(
    'LACUNA_E_SHAPE',
    `the picture has ${picture.width}×${picture.height} pixels, but what completes it has learnt from pictures of ${width}×${height}`,
    'Scale or cut the picture to that size, or use a model of pictures of its own size.',
  )
}

/** Follows the thread that completes. */
async function follow(
  job: CompletionJob,
  progress: Progress,
  signal: AbortSignal,
): Promise<Completions> {
  const timeLeft = new TimeLeft(progress)
  const worker = new URL('../completion/completion-worker.js', import.meta.url)
  for await (const report of inBackground<CompletionReport>(worker, job, signal)) {
    if ('completions' in report) return report.completions
    const { label, fraction, detail } = report.progress
    timeLeft.show(label, 'training', fraction, detail)
  }
  throw new Error('the thread that completes ended without completions')
}

/** `whole.png` as `whole-2.png`. */
function numbered(file: string, k: number): string {
  return /\.png$/i.test(file) ? file.replace(/(\.png)$/i, `-${k}$1`) : `${file}-${k}`
}
