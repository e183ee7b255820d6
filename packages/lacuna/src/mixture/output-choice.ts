import { type M64, Matrix } from '../compute/matrix.js'
import { requireWhole } from '../compute/options.js'
import { LacunaError } from '../errors.js'

/**
 * Checks that these are some of c outputs.
 * @throws LACUNA_E_OPTION if there are none, or one is out of range or named twice
 */
export function requireChoice(chosen: readonly number[], c: number): void {
  for (const k of chosen) requireWhole('an output', k, 0, c - 1)
  if (chosen.length === 0 || new Set(chosen).size !== chosen.length)
    throw new LacunaError(
      'LACUNA_E_OPTION',
      `the outputs [${chosen.join(', ')}] are not a choice of some of ${c}`,
      'Name at least one output, and none twice; where outputs are given, leave at least one over.',
    )
}

/** The outputs that were not chosen, ascending. */
export function otherOutputs(chosen: readonly number[], c: number): number[] {
  return Array.from({ length: c }, (_, k) => k).filter(k => !chosen.includes(k))
}

/** Of n×(m·c) values, output k of component i in column i·c + k, those of some outputs. */
export function pickOutputs(values: M64, chosen: readonly number[], c: number): M64 {
  const m = values.cols / c
  const cols = m * chosen.length
  const picked = new Matrix(values.rows, cols, new Float64Array(values.rows * cols))
  for (let row = 0; row < values.rows; row++)
    for (let i = 0; i < m; i++)
      for (const [k, output] of chosen.entries())
        picked.row(row)[i * chosen.length + k] = values.row(row)[i * c + output]!
  return picked
}
