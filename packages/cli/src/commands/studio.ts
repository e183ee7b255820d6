import { once } from 'node:events'
import { Command } from 'commander'
import { type Dataset, ofSheetSize } from '../datasets/dataset.js'
import { datasetAtHand, openDataset } from '../datasets/open.js'
import { dataOption, examples, jsonOption, wholeNumber } from '../options.js'
import { Progress } from '../progress.js'
import { serveSite } from '../studio/server.js'
import { builtStudio, studioSite } from '../studio/site.js'

type Options = { readonly port: number; readonly data: string; readonly json?: true }

const PORT = 8028

/** `lacuna studio`: serves the browser studio to this computer. */
export function studioCommand(signal: AbortSignal): Command {
  const command = new Command('studio')
    .summary('open the studio in a browser')
    .description(
      'Serve the studio: a page on which to fill gaps of your own and to watch the training. Everything is computed in the browser; the server only gives files, and only to this computer.',
    )
    .option(
      '--port <n>',
      'where it listens; 0: any that is free',
      wholeNumber('--port', 0, 65_535),
      PORT,
    )
    .addOption(dataOption())
    .addOption(jsonOption())
    .action((options: Options) => runStudio(options, signal))
  examples(command, [
    ['lacuna studio', `at http://127.0.0.1:${PORT}/, until Ctrl-C`],
    ['lacuna studio --data mnist', 'with MNIST, which is downloaded if need be'],
    ['lacuna studio --data strokes --port 0', 'with synthetic handwriting, on any free port'],
    ['lacuna studio --json', 'the address for a program'],
  ])
  command.addHelpText(
    'after',
    '\nHere --data auto downloads nothing: it is MNIST if that is at hand, else strokes.',
  )
  return command
}

async function runStudio(
  { port, data: choice, json }: Options,
  signal: AbortSignal,
): Promise<void> {
  const progress = new Progress({ ...(json && { json }) })
  try {
    const data = await openData(choice, progress, signal)
    const { url, close } = await serveSite(await studioSite(builtStudio, data), port)
    const name = data?.name ?? 'strokes'
    if (json) process.stdout.write(`${JSON.stringify({ url, data: name })}\n`)
    else progress.print(url)
    progress.note(`The studio, with ${name}. Ctrl-C ends it.`)
    if (!signal.aborted) await once(signal, 'abort')
    await close()
  } finally {
    progress.clear()
  }
}

/** The data to serve; none where the page draws its own. */
async function openData(
  choice: string,
  progress: Progress,
  signal: AbortSignal,
): Promise<Dataset | undefined> {
  if (choice === 'strokes') return undefined
  const data = await (choice === 'auto'
    ? datasetAtHand(progress, signal)
    : openDataset(choice, progress, signal))
  return data && ofSheetSize(data)
}
