import type { Sweep } from './implicit-qr.js'
import type { Reflection } from './tridiagonalisation.js'
import type { Workspace } from './workspace.js'

/** Columns of a strip, as the kernels have it. */
const WIDTH = 8

/**
 * An orthogonal n×n matrix, at first I, that is reflected and rotated from the left, in float64. It is
 * kept in strips of eight columns, each to itself, which stay in a core's nearest caches while many
 * reflections or rotations go over them one after the other.
 */
export class OrthogonalStrips {
  readonly #workspace: Workspace
  readonly #strips: readonly Float64Array[]

  constructor(workspace: Workspace, n: number) {
    this.#workspace = workspace
    this.#strips = Array.from({ length: Math.ceil(n / WIDTH) }, () => workspace.doubles(n * WIDTH))
    for (let i = 0; i < n; i++) this.#strips[Math.floor(i / WIDTH)]![i * WIDTH + (i % WIDTH)] = 1
  }

  /** V ← … H₁H₀V */
  reflect(reflections: readonly Reflection[]): void {
    const { kernels } = this.#workspace
    for (const strip of this.#strips)
      for (const { first, v, tau } of reflections)
        kernels.reflect(rowAt(strip, first), v.length, v.byteOffset, tau)
  }

  /** V ← GᵀV for the rotations of one sweep after the other. */
  rotate(sweeps: readonly Sweep[]): void {
    const { kernels } = this.#workspace
    for (const strip of this.#strips)
      for (const { first, rotations } of sweeps)
        kernels.rotate(rowAt(strip, first), rotations.length / 2, rotations.byteOffset)
  }

  /** Writes row i to `out`, n doubles. */
  copyRow(i: number, out: Float64Array): void {
    for (let j = 0; j < out.length; j++)
      out[j] = this.#strips[Math.floor(j / WIDTH)]![i * WIDTH + (j % WIDTH)]!
  }
}

/** The pointer to row i of a strip. */
function rowAt(strip: Float64Array, i: number): number {
  return strip.byteOffset + 8 * WIDTH * i
}
