import type { Matrix } from '../compute/matrix.js'
import { holeErrors } from '../inpainting/hole-errors.js'
import type { Trial } from './trial.js'

/**
 * Chooses among candidates for a setting, such as k, the one whose completions of a validation trial
 * have the least squared error; of equally good ones the first.
 * @param candidates at least one
 * @param complete completes the trial by a candidate
 */
export function chooseByTrial<Candidate extends object | number>(
  candidates: readonly Candidate[],
  { truth, mask }: Trial,
  complete: (candidate: Candidate) => Matrix,
): Candidate {
  let best = { candidate: candidates[0]!, mse: Infinity }
  for (const candidate of candidates) {
    const { mse } = holeErrors(truth, complete(candidate), mask)
    if (mse < best.mse) best = { candidate, mse }
  }
  return best.candidate
}
