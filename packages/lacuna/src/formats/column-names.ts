import { LacunaError } from '../errors.js'

/** What the columns of x, d of them, and of y, c of them, are called where they come from a table. */
export interface ColumnNames {
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
}

/** Whether there is a name for every input and every output, all of them different. */
export function areNames(
  { inputs, outputs }: Partial<ColumnNames>,
  sizes: { readonly inputs: number; readonly outputs: number },
): boolean {
  if (!Array.isArray(inputs) || !Array.isArray(outputs)) return false
  const names = new Set([...inputs, ...outputs].filter(name => typeof name === 'string'))
  return (
    inputs.length === sizes.inputs &&
    outputs.length === sizes.outputs &&
    names.size === inputs.length + outputs.length
  )
}

/**
 * Checks the names of a new model.
 * @throws LACUNA_E_OPTION if there are too few or too many, or one is there twice
 */
export function requireNames(
  columns: ColumnNames,
  sizes: { readonly inputs: number; readonly outputs: number },
): void {
  if (!areNames(columns, sizes))
    throw new LacunaError(
      'LACUNA_E_OPTION',
      `columns must name ${sizes.inputs} inputs and ${sizes.outputs} outputs, each of them otherwise`,
      'Give as many different names as there are inputs and outputs, or none.',
    )
}
