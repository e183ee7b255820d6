import { type Command, Option } from 'commander'
import { parse } from 'csv-parse/sync'
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

/**
 * A reader for an option whose value is a list of names, separated by commas; a name with a comma in
 * it stands in double quotes, as in a CSV file.
 */
export function names(option: string) {
  return (value: string): string[] => {
    const list = listOf(value)
    if (list.length === 0 || list.includes('') || new Set(list).size < list.length)
      throw new LacunaError(
        'LACUNA_E_OPTION',
        `${option} must be different names, separated by commas, not "${value}"`,
        `Write ${option} and then the names without spaces, such as a,b.`,
      )
    return list
  }
}

/** A reader for an option whose value is a list of whole numbers. */
export function wholeNumbers(option: string, smallest: number, largest: number) {
  const read = wholeNumber(option, smallest, largest)
  return (value: string): number[] => value.split(',').map(read)
}

/** A reader for an option whose value is a number above 0. */
export function positiveNumber(option: string) {
  return numberWhere(option, 'a number above 0', number => number > 0)
}

/** A reader for an option whose value is a number from 0 on. */
export function numberFromZero(option: string) {
  return numberWhere(option, 'a number from 0 on', number => number >= 0)
}

function numberWhere(option: string, what: string, fits: (number: number) => boolean) {
  return (value: string): number => {
    const number = /^(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(value) ? Number(value) : Number.NaN
    if (fits(number) && Number.isFinite(number)) return number
    throw new LacunaError(
      'LACUNA_E_OPTION',
      `${option} must be ${what}, not "${value}"`,
      `Write ${option} 0.05, for example.`,
    )
  }
}

/** A reader for an option whose value is a list of probabilities. */
export function probabilities(option: string) {
  return (value: string): number[] => {
    const list = value
      .split(',')
      .map(text => (/^(0?\.\d+)$/.test(text) ? Number(text) : Number.NaN))
    if (!list.every(p => p > 0 && p < 1) || new Set(list).size < list.length)
      throw new LacunaError(
        'LACUNA_E_OPTION',
        `${option} must be different numbers above 0 and below 1, separated by commas, not "${value}"`,
        `Write ${option} 0.05,0.5,0.95, for example.`,
      )
    return list
  }
}

/** The cells of a line of CSV; none if it is not one. */
function listOf(line: string): string[] {
  try {
    return parse(line, { trim: true })[0] ?? []
  } catch {
    return []
  }
}

/** A reader for an option whose value is a path. */
export function path(option: string, kind: 'folder' | 'file' = 'folder') {
  return (value: string): string => {
    if (value === '' || value.includes('\0'))
      throw new LacunaError(
        'LACUNA_E_OPTION',
        `${option} must name a ${kind}`,
        `Write ${option} and then the ${kind}'s path.`,
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
