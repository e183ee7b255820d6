import { readFileSync } from 'node:fs'
import { setFlagsFromString } from 'node:v8'
import { Command, CommanderError } from 'commander'
import { LacunaError } from 'lacuna'
import { bishopCommand } from './commands/bishop.js'
import { compareCommand } from './commands/compare.js'
import { completeCommand } from './commands/complete.js'
import { dataCommand } from './commands/data.js'
import { inspectCommand } from './commands/inspect.js'
import { predictCommand } from './commands/predict.js'
import { replayCommand } from './commands/replay.js'
import { runsCommand } from './commands/runs.js'
import { serveCommand } from './commands/serve.js'
import { sheetCommand } from './commands/sheet.js'
import { studioCommand } from './commands/studio.js'
import { trainCommand } from './commands/train.js'
import { verifyCommand } from './commands/verify.js'
import { INTERRUPTED, interruption } from './interruption.js'
import { examples } from './options.js'
import { printable } from './printable.js'

// Node at times waits for ever for a thread that ends while V8 compiles for it in the background and wants
// its garbage collected (nodejs/node#54918). Threads that start after this compile for themselves.
setFlagsFromString('--no-concurrent-recompilation')

const signal = interruption()

// A reader that has seen enough, such as `head`, is no fault: the work goes on, unread.
process.stdout.on('error', error => {
  if ((error as NodeJS.ErrnoException).code === 'EPIPE') return
  console.error(`lacuna: LACUNA_E_WRITE: cannot write to standard output: ${error.message}`)
  process.exit(1)
})
process.on('uncaughtException', error => process.exit(explain(error)))

try {
  await program().parseAsync()
} catch (error) {
  process.exitCode = explain(error)
}
// Whatever is still under way, such as a worker, was for a command that is over. From here on Ctrl-C
// is the system's, as it is after the first (interruption.ts).
await new Promise(written => process.stdout.write('', written))
for (const name of ['SIGINT', 'SIGTERM']) process.removeAllListeners(name)
process.exit()

function program(): Command {
  const { version } = JSON.parse(
    readFileSync(new URL('../package.json', import.meta.url), 'utf8'),
  ) as { version: string }
  const lacuna = new Command('lacuna')
    .description('Completes what is missing, and says how sure it is.')
    .version(version)
    .exitOverride()
    // Usage errors are printed by explain(), like all others.
    .configureOutput({ outputError: () => {} })
    .showSuggestionAfterError()
    .helpCommand(false)
  // Copied to the commands, which would otherwise exit by themselves.
  examples(lacuna, [
    ['lacuna sheet', 'the exercise sheet, from the data to the report'],
    ['lacuna sheet --help', 'all that can be changed about it'],
    ['lacuna train mixture data.csv --inputs a,b --outputs y', 'learn p(y|a,b) from a table'],
    [
      'lacuna train boltzmann data.csv --inputs a,b --outputs c,d',
      'the same for yes-or-no columns',
    ],
    [
      'lacuna predict runs/mixture/checkpoint.safetensors new.csv -o predictions.csv',
      'and answer with it',
    ],
    ['lacuna train inpainter --recipe heads', 'learn to fill gaps in digits, with several answers'],
    ['lacuna complete digit.png --mask hole.png -o whole.png', 'fill the hole in a picture'],
    ['lacuna compare', 'measure ways to fill gaps on one yardstick'],
    ['lacuna studio', 'fill gaps and watch the training in a browser'],
    ['lacuna serve --model checkpoint.safetensors', 'answer over HTTP'],
    ['lacuna verify', 'the sheet’s identities, checked with numbers'],
    ['lacuna bishop', 'Bishop’s two problems, beside what is known of them'],
    ['lacuna runs', 'list the runs below runs/, and compare them'],
    ['lacuna data', 'download MNIST once'],
  ])
  for (const command of [
    sheetCommand(signal),
    trainCommand(signal),
    predictCommand(signal),
    verifyCommand(),
    bishopCommand(signal),
    completeCommand(signal, version),
    compareCommand(signal),
    runsCommand(),
    inspectCommand(),
    replayCommand(signal),
    studioCommand(signal),
    serveCommand(signal),
    dataCommand(signal),
  ])
    adopt(lacuna, command)
  return lacuna
}

/** Adds a command that was made without its parent, and hands the parent's settings down. */
function adopt(parent: Command, command: Command): void {
  if (!parent.commands.includes(command)) parent.addCommand(command)
  command.copyInheritedSettings(parent)
  for (const below of command.commands) adopt(command, below)
}

/** Says on standard error what went wrong, and returns the exit code. */
function explain(error: unknown): number {
  if (error instanceof CommanderError) {
    if (error.exitCode === 0 || error.code === 'commander.help') return error.exitCode
    const what = error.message.replace(/^error: /, '').replaceAll('\n', ' ')
    return explain(
      new LacunaError('LACUNA_E_OPTION', what, 'See `lacuna --help` and `lacuna COMMAND --help`.'),
    )
  }
  if (error instanceof LacunaError)
    console.error(printable(`lacuna: ${error.message}\n${error.hint}`))
  else if (signal.aborted) console.error('lacuna: stopped')
  if (signal.aborted) return INTERRUPTED
  if (error instanceof LacunaError) return 1
  console.error(`lacuna: this should not have happened: ${String(error)}`)
  if (process.env.LACUNA_DEBUG) console.error(error)
  else console.error('LACUNA_DEBUG=1 shows where. Please report it.')
  return 1
}
