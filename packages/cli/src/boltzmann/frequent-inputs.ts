import { type ConditionalRbm, Matrix } from 'lacuna'
import type { Examples } from '../tables/examples.js'

/** How many different inputs are shown, and how many outputs of each. */
const INPUTS = 6
const OUTPUTS = 8

/** The most outputs of which a table of p(y|x) says something. */
const MOST_OUTPUTS = 12

/** What a machine says of inputs that are frequent in the data, beside what the data say. */
export type FrequentInput = {
  readonly x: readonly number[]
  /** Rows with these inputs. */
  readonly rows: number
  /** The most probable outputs, p(y|x), and the share of those rows that have them. */
  readonly outputs: readonly {
    readonly y: readonly number[]
    readonly p: number
    readonly share: number
  }[]
}

/** p(y|x) for the most frequent x; none where there are many outputs. */
export function frequentInputs(rbm: ConditionalRbm, { x, t }: Examples): FrequentInput[] {
  if (t.cols > MOST_OUTPUTS) return []
  const groups = new Map<string, number[]>()
  for (let i = 0; i < x.rows; i++) {
    const key = x.row(i).join('')
    const group = groups.get(key)
    if (group) group.push(i)
    else groups.set(key, [i])
  }
  const frequent = [...groups.values()].sort((a, b) => b.length - a.length).slice(0, INPUTS)
  return frequent.map(rows => {
    const inputs = x.row(rows[0]!)
    const question = new Matrix(1, x.cols, Float64Array.from(inputs))
    const seen = new Map<string, number>()
    for (const row of rows) {
      const key = t.row(row).join('')
      seen.set(key, (seen.get(key) ?? 0) + 1)
    }
    return {
      x: [...inputs],
      rows: rows.length,
      outputs: rbm.completions(question, OUTPUTS)[0]!.map(({ y, logProbability }) => ({
        y: [...y],
        p: Math.exp(logProbability),
        share: (seen.get(y.join('')) ?? 0) / rows.length,
      })),
    }
  })
}
