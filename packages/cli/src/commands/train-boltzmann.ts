import { type Command, Option } from 'commander'
import { boltzmannResults } from '../boltzmann/results.js'
import { type BoltzmannConfig, type BoltzmannFigures, isBoltzmann } from '../boltzmann/run.js'
import { methodFor, trainBoltzmann } from '../boltzmann/training.js'
import { examples, positiveNumber, wholeNumber } from '../options.js'
import { bits } from '../tables/cells.js'
import { columnRemarks } from '../tables/examples.js'
import { type TableTraining, tableCommand } from './train-on-table.js'

const options = [
  new Option('--hidden <n>', 'hidden units')
    .argParser(wholeNumber('--hidden', 1, 65_536))
    .default(16),
  new Option(
    '--method <name>',
    'the gradient: exact, or by persistent (pcd) or plain (cd) Gibbs chains (default: exact where that is quick, else pcd)',
  ).choices(['exact', 'pcd', 'cd']),
  new Option('--sweeps <n>', 'Gibbs sweeps of pcd and cd in a step')
    .argParser(wholeNumber('--sweeps', 1, 10_000))
    .default(5), // with 1, chains that lag behind can make p(y|x) of a small table much worse
  new Option('--learning-rate <rate>', 'at the beginning; it falls to 0')
    .argParser(positiveNumber('--learning-rate'))
    .default(0.1),
]

const training: TableTraining<BoltzmannConfig, BoltzmannFigures> = {
  model: 'boltzmann',
  options,
  epochs: 300,
  cells: bits,
  inputsOptional: true,
  configured: ['hidden', 'method', 'sweeps', 'learningRate'],
  isOwn: isBoltzmann,
  configure: ({ hidden, method, sweeps, learningRate }, { x, t }) => ({
    hidden: hidden!,
    method: method ?? methodFor(x.rows, x.cols, t.cols, hidden!),
    sweeps: sweeps!,
    learningRate: learningRate!,
  }),
  remarks: columnRemarks,
  async complete({ run, data }, progress, signal) {
    const rbm = await trainBoltzmann(run, data, progress, signal)
    return boltzmannResults(run, rbm, data, progress)
  },
}

/** `lacuna train boltzmann`: learns the joint probability of binary columns, given others. */
export function trainBoltzmannCommand(signal: AbortSignal): Command {
  const command = tableCommand(training, signal)
    .summary('learn the joint probability of yes-or-no columns')
    .description(
      'Train a conditional Boltzmann machine on a CSV file of yes-or-no columns (0 or 1, true or false, yes or no): the joint probability of the output columns, given the input columns if there are any. The first line of the file names its columns.',
    )
  examples(command, [
    ['lacuna train boltzmann data.csv --inputs a,b --outputs c,d', 'into runs/boltzmann'],
    ['lacuna train boltzmann data.csv', 'how all its columns go together'],
    ['lacuna train boltzmann data.csv --resume', 'go on with it after Ctrl-C'],
  ])
  return command
}
