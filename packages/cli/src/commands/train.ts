import { Command } from 'commander'
import { trainBoltzmannCommand } from './train-boltzmann.js'
import { trainInpainterCommand } from './train-inpainter.js'
import { trainMixtureCommand } from './train-mixture.js'

/** `lacuna train MODEL`: trains a model on data of one's own. */
export function trainCommand(signal: AbortSignal): Command {
  return new Command('train')
    .summary('train a model on a table of your own, or on images')
    .description('Train a model on a table of your own, or on images.')
    .helpCommand(false)
    .addCommand(trainMixtureCommand(signal))
    .addCommand(trainBoltzmannCommand(signal))
    .addCommand(trainInpainterCommand(signal))
}
