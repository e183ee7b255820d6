import { commandLine } from '../frame/command-line.js'
import { readyMade } from './ready-made.js'

/** The files that the command reads, as they are saved from the page. */
export const files = { picture: 'picture.png', mask: 'mask.png' } as const

/**
 * The line that fills the same hole of the saved picture by the same method.
 * @param method as `--method` names it: `pca-60`
 * @param options.answers how many, for several
 * @param options.data what `--data` is to be given, for methods that learn from it
 */
export function completeCommand(
  method: string,
  options: { readonly answers?: number; readonly seed: number; readonly data: string },
): string {
  const { answers, seed, data } = options
  return commandLine([
    ...['complete', files.picture, '--mask', files.mask, '--method', method],
    ...(answers === undefined ? [] : ['--answers', answers, '--seed', seed]),
    ...(readyMade(method) ? [] : ['--data', data]),
    ...['-o', 'whole.png'],
  ])
}
