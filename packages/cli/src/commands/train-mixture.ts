import { type Command, Option } from 'commander'
import { mixtureResults } from '../mixture/results.js'
import { isMixture, type MixtureConfig, type MixtureFigures } from '../mixture/run.js'
import { trainMixture } from '../mixture/training.js'
import { examples, wholeNumber, wholeNumbers } from '../options.js'
import { numbers } from '../tables/cells.js'
import { collinearRemarks } from '../tables/collinearity.js'
import { columnRemarks } from '../tables/examples.js'
import { type TableTraining, tableCommand } from './train-on-table.js'

const options = [
  new Option('--components <n>', 'Gaussians in the mixture')
    .argParser(wholeNumber('--components', 1, 1000))
    .default(10),
  new Option('--hidden <sizes>', 'units of the hidden layers, separated by commas')
    .argParser(wholeNumbers('--hidden', 1, 65_536))
    .default([30, 30, 30]),
  new Option('--covariance <kind>', 'one width a component, or one for each output')
    .choices(['isotropic', 'diagonal'])
    .default('isotropic'),
]

const training: TableTraining<MixtureConfig, MixtureFigures> = {
  model: 'mixture',
  options,
  epochs: 300,
  cells: numbers,
  inputsOptional: false,
  configured: ['components', 'hidden', 'covariance'],
  isOwn: isMixture,
  configure: ({ components, hidden, covariance }) => ({
    components: components!,
    hidden: hidden!,
    covariance: covariance!,
  }),
  remarks: (config, data) => [
    ...columnRemarks(config, data),
    ...collinearRemarks(config.inputs, data.x),
    ...collinearRemarks(config.outputs, data.t),
  ],
  async complete({ run, data }, progress, signal) {
    const network = await trainMixture(run, data, progress, signal)
    return mixtureResults(run, network, data, progress, signal)
  },
}

/** `lacuna train mixture`: learns the density of some columns of a table given others. */
export function trainMixtureCommand(signal: AbortSignal): Command {
  const command = tableCommand(training, signal)
    .summary('learn the density of some columns given others')
    .description(
      'Train a mixture density network on a CSV file: the whole density of the output columns, given the input columns. The first line of the file names its columns. The network that does best on the rows kept aside is the one that is kept.',
    )
  examples(command, [
    ['lacuna train mixture data.csv --inputs a,b --outputs y', 'into runs/mixture'],
    ['lacuna train mixture arm.csv --inputs x,y --outputs θ1,θ2 --components 5', 'two outputs'],
    ['lacuna train mixture data.csv --resume', 'go on with it after Ctrl-C'],
  ])
  return command
}
