import type { ConditionalRbm } from 'lacuna'

/** Layers of so many bits are summed over for a row in about a second: `predict` does so too. */
export const PROMPT_BITS = 20

/** Whether log Z(x), and so log p(y|x), is had by enumerating the smaller layer. */
export function enumerable({ U }: Pick<ConditionalRbm, 'U'>): boolean {
  return Math.min(U.rows, U.cols) <= PROMPT_BITS
}
