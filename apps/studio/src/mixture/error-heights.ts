import type { EpochErrors } from './mixture-functions.js'

/** What a training is judged by: all of Bishop's problem, or own points kept aside; if there are any. */
export function judged(errors: EpochErrors | undefined, bishop: boolean): number | undefined {
  const error = bishop ? errors?.fresh : errors?.held
  return Number.isNaN(error) ? undefined : error
}

/** The errors between which a chart of Bishop's problem lies: from below its entropy to a poor fit. */
const BISHOP: readonly [number, number] = [-1.32, -0.5]

/** Of so many errors one, the highest, may leave the chart. */
const FOR_EACH_LEFT_OUT = 20

/** From which error to which a chart goes; a few wild ones must not flatten all others. */
export function heightsOf(
  errors: readonly EpochErrors[],
  bishop: boolean,
): readonly [low: number, high: number] {
  const all = errors
    .flatMap(({ trained, held }) => [trained, held])
    .filter(Number.isFinite)
    .sort((a, b) => a - b)
  const least = all[0]
  if (bishop) return [Math.min(BISHOP[0], least ?? 0), BISHOP[1]]
  if (least === undefined) return [-1, 1]
  const high = all[all.length - 1 - Math.floor(all.length / FOR_EACH_LEFT_OUT)]!
  const margin = 0.08 * (high - least) || 0.5
  return [least - margin, high + margin]
}
