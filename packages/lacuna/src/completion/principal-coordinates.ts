import { Activation, type Kernels, Mode } from '../compute/kernels.js'
import { Matrix } from '../compute/matrix.js'
import { Workspace } from '../compute/workspace.js'
import type { Tensor } from '../formats/safetensors.js'
import { PrincipalComponents } from '../inpainting/principal-components.js'

/** Examples that go through the kernels at a time. */
const ROWS = 500

/**
 * A few numbers for many: the coordinates s = Vᵀ(x − μ) of an example along the first d principal
 * components V = [v₁ … v_d], and back, x ≈ μ + V s.
 */
export class PrincipalCoordinates {
  /** μ. */
  readonly mean: Float32Array
  /** vᵢ, one a row: d×inputs. */
  readonly components: Matrix
  readonly #kernels: Kernels
  /** −Vᵀμ. */
  readonly #offset: Float32Array
  readonly #long: Float32Array
  readonly #short: Float32Array

  constructor(mean: Float32Array, components: Matrix) {
    const { rows: d, cols: inputs } = components
    const workspace = new Workspace()
    this.#kernels = workspace.kernels
    this.mean = workspace.floats(inputs)
    this.mean.set(mean)
    this.components = new Matrix(d, inputs, workspace.floats(d * inputs))
    this.components.data.set(components.data)
    this.#long = workspace.floats(ROWS * inputs)
    this.#short = workspace.floats(ROWS * d)
    this.#offset = workspace.floats(d)
    for (let i = 0; i < d; i++) {
      let dot = 0
      for (let j = 0; j < inputs; j++) dot += components.data[i * inputs + j]! * mean[j]!
      this.#offset[i] = -dot
    }
  }

  /** Those of the rows of x, at most as many as x has columns. */
  static fit(x: Matrix, d: number): PrincipalCoordinates {
    const { mean, components } = PrincipalComponents.fit(x)
    const first = components.slice(0, d)
    return new PrincipalCoordinates(
      Float32Array.from(mean),
      new Matrix(first.rows, first.cols, Float32Array.from(first.data)),
    )
  }

  /** s of each row: n×d. */
  encode(x: Matrix): Matrix {
    const { rows: d, cols: inputs, data } = this.components
    const [S, X, V] = [this.#short, this.#long, data].map(view => view.byteOffset) as Offsets
    const offset = this.#offset.byteOffset
    return this.#through(x, d, this.#long, this.#short, n =>
      this.#kernels.product(
        ...([S, d, n, d, inputs, X, inputs, 1, V, 1, inputs] as const),
        ...([Mode.store, 1, offset, Activation.identity] as const),
      ),
    )
  }

  /** μ + V s of each row: n×inputs. */
  decode(s: Matrix): Matrix {
    const { rows: d, cols: inputs, data } = this.components
    const [S, X, V] = [this.#short, this.#long, data].map(view => view.byteOffset) as Offsets
    const mean = this.mean.byteOffset
    return this.#through(s, inputs, this.#short, this.#long, n =>
      this.#kernels.product(
        ...([X, inputs, n, inputs, d, S, d, 1, V, inputs, 1] as const),
        ...([Mode.store, 1, mean, Activation.identity] as const),
      ),
    )
  }

  /** The tensors of a checkpoint, their names after a prefix. */
  tensors(prefix: string): [string, Tensor][] {
    const { rows, cols, data } = this.components
    return [
      [`${prefix}.mean`, { shape: [cols], data: this.mean.slice() }],
      [`${prefix}.components`, { shape: [rows, cols], data: data.slice() }],
    ]
  }

  /** Takes the rows of x, chunk by chunk, from one buffer through the kernels to the other. */
  #through(
    x: Matrix,
    cols: number,
    from: Float32Array,
    to: Float32Array,
    product: (n: number) => void,
  ): Matrix {
    const result = new Matrix(x.rows, cols)
    for (let start = 0; start < x.rows; start += ROWS) {
      const { data, rows: n } = x.slice(start, start + ROWS)
      from.set(data)
      product(n)
      result.data.set(to.subarray(0, n * cols), start * cols)
    }
    return result
  }
}

type Offsets = [number, number, number]
