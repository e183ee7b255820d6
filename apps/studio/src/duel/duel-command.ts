import { commandLine } from '../frame/command-line.js'
import type { DuelSettings } from './settings.js'

/**
 * The line that trains the same networks in a terminal, to the end.
 * @param data what `--data` is to be given
 */
export function duelCommand(settings: DuelSettings, data: string): string {
  const { seed, images, epochs, loss, energyRate, generatorRate } = settings
  const rates = { energy: energyRate, generator: generatorRate }
  return commandLine([
    ...['sheet', '--data', data, '--train-size', images, '--epochs', epochs],
    ...['--loss', loss, '--seed', seed],
    ...(rates.energy === 0.05 ? [] : ['--energy-rate', rates.energy]),
    ...(rates.generator === 0.05 ? [] : ['--generator-rate', rates.generator]),
    ...['--out', 'runs/duel'],
  ])
}
