import { type Command, Option } from 'commander'
import { LacunaError } from 'lacuna'

/**
 * A reader for an option whose value is a whole number.
 * @returns a function that throws LACUNA_E_OPTION naming the option, the value and the range
 */
export function wholeNumber(option: string, smallest: number, largest: number) {
  return (value: string): number => {
    const number = /^[0-9]+$/.test(value) ? Number(value) : Number.NaN
    if (!(number >= smallest && number <= largest))
      throw new LacunaError(
        'LACUNA_E_OPTION',
        `${option} must be a whole number from ${smallest} to ${largest}, not "${value}"`,
        'Write it in plain digits.',
      )
    return number
  }
}

/** A reader for an option whose value is a path. */
export function path(option: string) {
  return (value: string): string => {
    if (value === '' || value.includes('\0'))
      throw new LacunaError(
        'LACUNA_E_OPTION',
        `${option} must name a folder`,
        `Write ${option} and then the folder's path.`,
      )
    return value
  }
}

/** `--data`, the same for every command that reads images. */
export function dataOption(): Option {
  return new Option(
    '--data <source>',
    'the images: auto (MNIST if it can be had, else strokes), mnist, strokes, or a folder that holds the four MNIST files',
  )
    .default('auto')
    .argParser(path('--data'))
}

/** `--seed`, the same for every command that draws random numbers. */
export function seedOption(seed: number): Option {
  return new Option(
    '--seed <n>',
    'where all random numbers come from; the same seed gives the same bits',
  )
    .default(seed)
    .argParser(wholeNumber('--seed', 0, Number.MAX_SAFE_INTEGER))
}

/** `--json`, the same for every command. */
export function jsonOption(): Option {
  return new Option('--json', 'write the result to standard output as JSON, and nothing else')
}

/** Examples at the end of a command's `--help`. */
export function examples(
  command: Command,
  lines: readonly [command: string, what: string][],
): void {
  const width = Math.max(...lines.map(([line]) => line.length))
  const list = lines.map(([line, what]) => `  $ ${line.padEnd(width)}   ${what}`)
  command.addHelpText('after', `\nExamples:\n${list.join('\n')}`)
}
