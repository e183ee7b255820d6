import { commandLine } from '../frame/command-line.js'
import { columns } from './points-csv.js'
import type { MixtureSettings } from './settings.js'

/** The line that trains the same network in a terminal, on the points that are saved, to the end. */
export function mixtureCommand({ components, epochs, seed }: MixtureSettings): string {
  return commandLine([
    ...['train', 'mixture', 'points.csv'],
    ...['--inputs', `${columns.inputs}`, '--outputs', `${columns.outputs}`],
    ...['--components', components, '--epochs', epochs, '--seed', seed],
  ])
}
