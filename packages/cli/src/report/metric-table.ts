import type { HoleErrors } from '../sheet/evaluation.js'
import { textTable } from '../text-table.js'

/** The errors of one way of filling the hole. */
export type Method = { readonly key: string; readonly name: string; readonly errors: HoleErrors }

/** The figures of a method as they are printed everywhere. */
export function figures({ mse, psnr, mae }: HoleErrors): [mse: string, psnr: string, mae: string] {
  return [mse.toFixed(4), `${psnr.toFixed(2)} dB`, mae.toFixed(4)]
}

/** The table as lines of text. */
export function metricTable(methods: readonly Method[]): string[] {
  const rows = methods.map(({ name, errors }) => [name, ...figures(errors)])
  return textTable([['', 'MSE', 'PSNR', 'MAE'], ...rows], 'lrrr')
}
