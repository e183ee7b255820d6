import type { MaskKind } from 'lacuna/completion'
import { textTable } from '../text-table.js'
import type { Compared } from './comparison.js'

/** What `compare.json` holds; but for the seconds, nothing in it differs between two equal runs. */
export interface ComparisonResult {
  readonly seed: number
  readonly masks: MaskKind
  readonly data: { readonly name: string; readonly fingerprint: string }
  readonly images: { readonly train: number; readonly heldOut: number; readonly test: number }
  /** The share of test images that are read as what they are, whole and with their holes. */
  readonly recognition: { readonly clean: number; readonly incomplete: number }
  readonly methods: readonly ComparedFigures[]
  /** To train each method, and to complete 10,000 images; a method whose checkpoint was at hand has no training. */
  readonly seconds: Readonly<Record<string, Compared['seconds']>>
}

type ComparedFigures = Compared['measurement'] & Pick<Compared, 'name' | 'title' | 'chosen'>

/** The figures of one method, without its seconds. */
export function figuresOf({ name, title, chosen, measurement }: Compared): ComparedFigures {
  return { name, title, ...measurement, ...(chosen && { chosen }) }
}

const percent = (share: number) => (100 * share).toFixed(1)
const inSeconds = (seconds: number | undefined) =>
  seconds === undefined ? 'at hand' : seconds.toFixed(seconds < 9.95 ? 1 : 0)

/** The table as lines of text. */
export function comparisonTable({ methods, seconds, recognition }: ComparisonResult): string[] {
  const heading = ['', 'MSE', 'PSNR', 'MAE', 'recognition', 'realism', 'to train', '10,000']
  const rows = methods.map(({ name, title, mse, psnr, mae, recognition, realism, chosen }) => [
    chosen ? `${title}, ${settings(chosen)}` : title,
    mse.toFixed(4),
    `${psnr.toFixed(2)} dB`,
    mae.toFixed(4),
    `${percent(recognition)} %`,
    `${percent(realism)} %`,
    `${inSeconds(seconds[name]!.train)}${seconds[name]!.train === undefined ? '' : ' s'}`,
    `${inSeconds(seconds[name]!.complete)} s`,
  ])
  const clean = ['whole images', '', '', '', `${percent(recognition.clean)} %`, '', '', '']
  return textTable([heading, clean, ...rows], 'lrrrrrrr')
}

function settings(chosen: Readonly<Record<string, number>>): string {
  return Object.entries(chosen)
    .map(([name, value]) => `${name} = ${value}`)
    .join(', ')
}
