import { commandLine } from '../frame/command-line.js'
import type { SheetSettings } from './settings.js'

/**
 * The line that makes the figures in a terminal.
 * @param data what `--data` is to be given
 */
export function sheetCommand(
  { seed, images, epochs }: Pick<SheetSettings, 'seed' | 'images' | 'epochs'>,
  data: string,
): string {
  return commandLine([
    ...['sheet', '--data', data, '--train-size', images, '--epochs', epochs],
    ...['--seed', seed, '--out', 'runs/sheet'],
  ])
}

/** The line that checks all identities in a terminal. */
export function verifyCommand({ seed }: SheetSettings): string {
  return commandLine(['verify', '--seed', seed])
}
