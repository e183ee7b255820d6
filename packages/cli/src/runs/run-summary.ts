import { basename, resolve } from 'node:path'
import { howFar } from '../resuming.js'
import type { KnownRun } from './known-run.js'

/** A run in words, as it stands in a table beside others. */
export type RunSummary = {
  readonly name: string
  readonly kind: string
  readonly settings: string
  readonly state: string
  readonly figure: string
  readonly best: string
  readonly last: string
}

/** Sums a run up. */
export function summaryOf({ folder, family, state, curve }: KnownRun): RunSummary {
  const value = (number: number | undefined) => number?.toFixed(4) ?? '–'
  const { name: figure, lowestIsBest } = family.figure(folder.config)
  const values = curve.map(({ value }) => value)
  return {
    name: basename(resolve(folder.path)),
    kind: family.name,
    settings: family.describe(folder.config),
    state: state === 'finished' ? state : `${state}, ${howFar(folder)}`,
    figure,
    best: value(lowestIsBest && values.length > 0 ? Math.min(...values) : undefined),
    last: value(values.at(-1)),
  }
}
