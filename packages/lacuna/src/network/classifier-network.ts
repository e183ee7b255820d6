import { Workspace } from '../compute/workspace.js'
import { Perceptron } from './perceptron.js'
import { SparseInput } from './sparse-input.js'

/** Sizes of a classifier. */
export interface ClassifierShape {
  /** Pixels of an image. */
  readonly inputs: number
  /** Units of the hidden layers, at least one. */
  readonly hidden: readonly number[]
  /** Number of classes, at least 2; two of them share one output. */
  readonly classes: number
}

/** The network behind a classifier and the buffers of a batch, in one workspace. */
export class ClassifierNetwork {
  readonly workspace: Workspace
  readonly perceptron: Perceptron
  readonly images: SparseInput
  readonly outputs: number
  /** The most examples a pass may have. */
  readonly rows: number

  /** @param threads how many share the work, 1 if left out */
  constructor({ inputs, hidden, classes }: ClassifierShape, rows: number, threads = 1) {
    this.workspace = new Workspace({ threads })
    this.rows = rows
    this.outputs = classes === 2 ? 1 : classes
    const sizes = [inputs, ...hidden, this.outputs]
    const activations = [...hidden.map(() => 'leakyRelu' as const), 'identity' as const]
    this.perceptron = new Perceptron(this.workspace, sizes, activations, rows, true)
    this.images = new SparseInput(this.workspace, rows, inputs, sizes[1]!)
  }

  /** z, n rows, for the first n images. */
  forward(n: number): Float32Array {
    this.images.list(n)
    return this.perceptron.forward(this.images, n)
  }

  /** Copies of weights and biases, layer by layer. */
  parameters(): Float32Array[] {
    return this.#tensors().map(tensor => tensor.slice())
  }

  setParameters(parameters: readonly Float32Array[]): void {
    for (const [i, tensor] of this.#tensors().entries()) tensor.set(parameters[i]!)
  }

  #tensors(): Float32Array[] {
    return this.perceptron.layers.flatMap(({ weight, bias }) => [weight, bias])
  }
}
