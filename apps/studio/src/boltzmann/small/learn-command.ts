import { commandLine } from '../../frame/command-line.js'
import type { Lesson } from '../recipe.js'
import type { Sizes } from './machine.js'
import { columnNames } from './patterns.js'

/** The line that learns the same parameters from the saved patterns in a terminal. */
export function learnCommand(sizes: Sizes, lesson: Lesson): string {
  const { method, sweeps, rate, epochs, start } = lesson
  const { inputs, outputs } = columnNames(sizes)
  return commandLine([
    ...['train', 'boltzmann', 'patterns.csv'],
    ...(inputs.length > 0 ? ['--inputs', inputs.join(',')] : []),
    ...['--outputs', outputs.join(','), '--hidden', sizes.hidden, '--method', method],
    ...(method === 'exact' ? [] : ['--sweeps', sweeps]),
    ...['--learning-rate', rate, '--epochs', epochs, '--seed', start],
  ])
}
