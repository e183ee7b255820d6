import { readFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { Argument, Command } from 'commander'
import { LacunaError } from 'lacuna'
import { commandLine } from '../command-line.js'
import { type CheckpointDescription, describeCheckpoint } from '../inspection/checkpoint.js'
import { describePicture, type PictureDescription } from '../inspection/picture.js'
import { examples, jsonOption, path } from '../options.js'
import { Progress } from '../progress.js'
import { howFar } from '../resuming.js'
import { LAST_CHECKPOINT } from '../run-folder.js'
import { type KnownRun, openRun } from '../runs/known-run.js'
import { textTable } from '../text-table.js'

/** `lacuna inspect`: what a checkpoint or a picture is, and how it was made. */
export function inspectCommand(): Command {
  const command = new Command('inspect')
    .summary('say what a checkpoint or picture is, and how it was made')
    .description(
      'Say what a checkpoint (safetensors) or a picture (PNG) is and how it was made: by what it says itself, and by the run in whose folder it lies.',
    )
    .addArgument(new Argument('<file>', 'the file').argParser(path('<file>', 'file')))
    .addOption(jsonOption())
    .action(inspect)
  examples(command, [
    ['lacuna inspect runs/sheet/checkpoint.safetensors', 'model, training, tensors'],
    ['lacuna inspect whole.png', 'which model filled the hole'],
  ])
  return command
}

async function inspect(file: string, options: { readonly json?: true }): Promise<void> {
  const progress = new Progress(options)
  const bytes = await readFile(file).catch((error: Error) => {
    throw unknown(`cannot read ${file}: ${error.message}`, error)
  })
  const found = await describe(file, bytes)
  const run = await openRun(dirname(file)).catch(() => undefined)
  const lines = found.kind === 'picture' ? pictureLines(found) : checkpointLines(found)
  for (const line of [...lines, ...(run ? runLines(run, found) : [])]) progress.print(line)
  if (options.json) {
    const made = run && { kind: run.family.name, state: run.state, config: run.folder.config }
    process.stdout.write(`${JSON.stringify({ ...found, ...(made && { run: made }) }, null, 2)}\n`)
  }
}

/** A PNG begins with these bytes, and a safetensors file with the length of its header in JSON. */
async function describe(
  file: string,
  bytes: Uint8Array,
): Promise<CheckpointDescription | PictureDescription> {
  const begins = (at: number, ...expected: number[]) =>
    expected.every((byte, i) => bytes[at + i] === byte)
  try {
    if (begins(0, 0x89, 0x50, 0x4e, 0x47)) return await describePicture(bytes)
    if (begins(8, 0x7b)) return describeCheckpoint(bytes)
  } catch (error) {
    if (!(error instanceof LacunaError)) throw error
    const what = error.message.slice(error.code.length + 2)
    throw new LacunaError(error.code, `${file}: ${what}`, error.hint, { cause: error })
  }
  throw unknown(`${file} is neither a checkpoint in safetensors nor a PNG`)
}

function unknown(what: string, cause?: Error): LacunaError {
  return new LacunaError(
    'LACUNA_E_INSPECT',
    what,
    'Name a checkpoint (.safetensors) or a picture (.png) that is there and can be read.',
    { cause },
  )
}

function pictureLines({ width, height, bits, colours, transparency, texts }: PictureDescription) {
  const kind = `${colours ? 'colours' : 'gray'}${transparency ? ' with transparency' : ''}`
  return [
    `PNG, ${width}×${height} pixels of ${bits} bits, ${kind}`,
    ...textTable(
      Object.entries(texts).map(([keyword, text]) => [`  ${keyword}`, text.replaceAll('\n', ' ')]),
      'll',
    ),
  ]
}

function checkpointLines({ bytes, parameters, metadata, tensors }: CheckpointDescription) {
  const size = `${parameters.toLocaleString('en')} numbers in ${bytes.toLocaleString('en')} bytes`
  const figure = (value: number | undefined) => value?.toPrecision(4) ?? '–'
  const rows = tensors.map(({ name, type, shape, least, most, notFinite }) => [
    ...[name, type, shape.join('×') || 'one', figure(least), figure(most)],
    notFinite > 0 ? `${notFinite.toLocaleString('en')} not finite` : '',
  ])
  return [
    `Safetensors, ${size}`,
    ...textTable(leavesOf('', metadata), 'll').map(line => `  ${line}`),
    '',
    ...textTable([['tensor', 'type', 'shape', 'least', 'most', ''], ...rows], 'lllrrl'),
  ]
}

/** What an object holds, however deep, with the way to each value. */
function leavesOf(way: string, value: unknown): string[][] {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return [[way, Array.isArray(value) ? value.join(', ') : String(value)]]
  return Object.entries(value).flatMap(([key, inner]) =>
    leavesOf(way === '' ? key : `${way}.${key}`, inner),
  )
}

/** The run in whose folder a file lies. */
function runLines(
  { folder, family, state }: KnownRun,
  file: CheckpointDescription | PictureDescription,
): string[] {
  const data = family.choice?.(folder.config) ?? (family.choice ? 'FOLDER' : 'TABLE')
  const epoch = file.kind === 'checkpoint' ? epochOf(file) : undefined
  const last = folder.records.length - 1
  return [
    '',
    `It lies in the folder of a run, ${state === 'finished' ? state : `${state} after ${howFar(folder)}`}:`,
    `  ${commandLine(family.words(folder.config, data))}`,
    ...(epoch === undefined
      ? []
      : [
          `It is of epoch ${epoch}, ${epoch < last ? `the best; of the last, ${last}, is ${LAST_CHECKPOINT}` : 'the last'}.`,
        ]),
  ]
}

/** The epoch, counted from 0, at whose end the weights were as they are in a checkpoint, if it says so. */
function epochOf({ metadata }: CheckpointDescription): number | undefined {
  const { epochs } = (metadata.training ?? {}) as { epochs?: unknown }
  return typeof epochs === 'number' ? epochs - 1 : undefined
}
