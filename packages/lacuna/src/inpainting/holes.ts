import type { Workspace } from '../compute/workspace.js'

/**
 * The missing pixels of a batch, as lists: those of image i are `pixels[starts[i]]` up to
 * `pixels[starts[i + 1] − 1]`. A number that belongs to a missing pixel, such as what the generator
 * paints there, lies at the same place of a list of its own.
 */
export class Holes {
  readonly starts: Uint32Array
  readonly pixels: Uint32Array
  /** g(z) in the holes. */
  readonly painted: Float32Array
  /** x⁻ − x = g(z) − x, which is 0 outside the holes. */
  readonly change: Float32Array
  /** ∂err/∂x⁻, then what of it reaches the generator. */
  readonly gradient: Float32Array

  constructor(workspace: Workspace, rows: number, pixels: number) {
    this.starts = workspace.words(rows + 1)
    this.pixels = workspace.words(rows * pixels)
    this.painted = workspace.floats(rows * pixels)
    this.change = workspace.floats(rows * pixels)
    this.gradient = workspace.floats(rows * pixels)
  }

  /**
   * Lists the missing pixels of n masks.
   * @returns how many there are
   */
  list(mask: Float32Array, n: number, pixels: number): number {
    let count = 0
    for (let i = 0; i < n; i++) {
      this.starts[i] = count
      const end = (i + 1) * pixels
      for (let at = i * pixels; at < end; at++)
        if (mask[at] === 1) this.pixels[count++] = at - i * pixels
    }
    this.starts[n] = count
    return count
  }
}
