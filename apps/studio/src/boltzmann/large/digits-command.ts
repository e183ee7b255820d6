import { commandLine } from '../../frame/command-line.js'
import type { DigitLesson } from './settings.js'

/** The line that learns the same weights from the saved digits in a terminal. */
export function digitsCommand({ hidden, epochs, rate, start }: DigitLesson): string {
  return commandLine([
    ...['train', 'boltzmann', 'digits.csv', '--hidden', hidden, '--method', 'pcd', '--sweeps', 1],
    ...['--learning-rate', rate, '--epochs', epochs, '--seed', start, '--out', 'runs/digits'],
  ])
}
