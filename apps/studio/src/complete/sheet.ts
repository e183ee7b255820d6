import { PIXELS } from '../pixels/grid.js'

/** A picture with its hole, as undo and redo go through them. Nothing in it is changed in place. */
export interface Sheet {
  readonly levels: Uint8Array
  readonly mask: Uint8Array
  /** Where the picture is from, as long as nothing is drawn over it: a test digit of some data. */
  readonly origin?: { readonly data: string; readonly digit: number } | undefined
  /** 1 where even the original is unknown: what was transparent in a PNG. */
  readonly unknown?: Uint8Array | undefined
}

/** Black, and whole. */
export const blank: Sheet = { levels: new Uint8Array(PIXELS), mask: new Uint8Array(PIXELS) }

/** Whether the original is known wherever the hole is. */
export function truthIsKnown({ mask, unknown }: Sheet): boolean {
  return !unknown?.some((u, at) => u && mask[at])
}

/** The mean squared error inside the hole, pixels in [−1, 1]. */
export function squaredError({ levels, mask }: Sheet, completed: Float32Array): number {
  let [sum, count] = [0, 0]
  for (let at = 0; at < PIXELS; at++) {
    if (!mask[at]) continue
    sum += (completed[at]! - (levels[at]! / 127.5 - 1)) ** 2
    count++
  }
  return sum / count
}
