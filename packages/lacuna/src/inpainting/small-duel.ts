import { softplus, tanh } from '../compute/elementary.js'
import { centralDifference } from '../compute/identity.js'
import type { Random } from '../compute/random.js'
import { chooseLoss } from '../contrast/losses.js'
import { contrastiveStep } from './contrastive-step.js'
import { type Architecture, InpaintingNetworks } from './networks.js'

/** Networks as in the sheet but small, and smooth, so that err has derivatives everywhere. */
const architecture: Architecture = {
  image: { height: 4, width: 4 },
  generator: { sizes: [16, 5, 16], activations: ['tanh', 'tanh'] },
  energy: { sizes: [16, 6, 1], activations: ['tanh', 'identity'] },
}

const PIXELS = 16

/** Examples in the batch. */
const EXAMPLES = 3

/** Step of the finite differences. */
const STEP = 1 / 65536

/** The parameters of both networks by their names in the state dict, such as `energy.0.weight`. */
export type DuelParameters = ReadonlyMap<string, Float64Array>

/**
 * A duel small enough to be written out: generator and energy network of a few units, three images of
 * 4×4 pixels and one hole in all of them. It has the error twice: in `step` as a step of the library
 * computes and descends it, in float32 with the gradient flip, and in `error` without a flip, in
 * float64, to be differentiated numerically.
 *
 * The flip cannot be checked by finite differences, which see the value of 2·stop(g) − g and so the
 * derivative of g. What can is its effect: E must move by −η ∂err/∂θ, and g by +η ∂err/∂θ.
 *
 * @example
 * ```ts
 * const duel = new SmallDuel(new Random(1), [5, 6, 9, 10])
 * const { moves } = duel.step()
 * moves.get('generator.2.bias')![5]! - duel.slope('generator.2.bias', 5) // 0 but for rounding
 * ```
 */
export class SmallDuel {
  /**
   * How far `step` may be from `error` and its slopes: it computes in float32, every number on the
   * way, from the pixels to the gradient, is of order 1 at most, and fewer than 200 roundings of 2⁻²⁴
   * lie on the longest way.
   */
  static readonly tolerance = 200 / 16777216

  /** May be written to: `error`, `slope` and `step` are those of what stands here. */
  readonly parameters: DuelParameters
  /** The pixels of the hole, 0 to 15, row by row. */
  readonly hole: readonly number[]
  readonly #networks = new InpaintingNetworks(architecture, EXAMPLES)
  readonly #images: Float32Array[]

  /**
   * @param random draws the parameters, normal with variance 1/fan-in, and the images
   * @param hole pixels, 0 to 15
   */
  constructor(random: Random, hole: readonly number[]) {
    this.hole = hole
    this.parameters = new Map(
      [...this.#networks.state()].map(([name, { data, shape }]) => {
        const fanIn = shape.at(-1)!
        // In float32, as `step` takes them.
        const draw = () => Math.fround(random.normal() / Math.sqrt(fanIn))
        return [name, Float64Array.from(data, draw)]
      }),
    )
    this.#images = Array.from({ length: EXAMPLES }, () =>
      Float32Array.from({ length: PIXELS }, () => 2 * random.uniform() - 1),
    )
  }

  /** One step of descent with learning rate 1 on both networks: err before it, and what moves how far. */
  step(): { error: number; moves: DuelParameters } {
    const networks = this.#networks
    networks.setState(new Map([...this.parameters].map(([name, data]) => [name, { data }])))
    const mask = new Float32Array(EXAMPLES * PIXELS)
    for (const [n, image] of this.#images.entries()) {
      networks.images.x.set(image, n * PIXELS)
      for (const pixel of this.hole) mask[n * PIXELS + pixel] = 1
    }
    networks.holes.listMask(mask, EXAMPLES)
    const { loss, parameters: constants } = chooseLoss()
    const error = contrastiveStep(networks, EXAMPLES, { energy: 1, generator: 1 }, loss, constants)
    const moves = new Map(
      [...networks.state()].map(([name, { data }]) => {
        const before = this.parameters.get(name)!
        return [name, Float64Array.from(data, (after, at) => after - before[at]!)]
      }),
    )
    return { error, moves }
  }

  /** err = 1/n Σ log(1 + e^{E(x) − E(x⁻)}) with x⁻ = z(1 − m) + g(z)m and z = x(1 − m), in float64. */
  error(): number {
    let sum = 0
    for (const image of this.#images) {
      const whole = Float64Array.from(image)
      const incomplete = whole.map((value, pixel) => (this.hole.includes(pixel) ? 0 : value))
      const hidden = this.#affine('generator.0', incomplete).map(tanh)
      const generated = this.#affine('generator.2', hidden).map(tanh)
      const contrastive = incomplete.slice()
      for (const pixel of this.hole) contrastive[pixel] = generated[pixel]!
      sum += softplus(this.#energy(whole) - this.#energy(contrastive))
    }
    return sum / EXAMPLES
  }

  /** ∂err/∂θ for one parameter, by a central difference of `error`. */
  slope(name: string, at: number): number {
    return centralDifference(value => this.errorAt(name, at, value), this.#tensor(name)[at]!, STEP)
  }

  /** err where one parameter has another value; it keeps the one it has. */
  errorAt(name: string, at: number, value: number): number {
    const tensor = this.#tensor(name)
    const was = tensor[at]!
    tensor[at] = value
    const error = this.error()
    tensor[at] = was
    return error
  }

  #tensor(name: string): Float64Array {
    return this.parameters.get(name)!
  }

  #energy(image: Float64Array): number {
    return this.#affine('energy.2', this.#affine('energy.0', image).map(tanh))[0]!
  }

  /** Wx + b. */
  #affine(layer: string, x: Float64Array): Float64Array {
    const weight = this.#tensor(`${layer}.weight`)
    return this.#tensor(`${layer}.bias`).map((bias, o) =>
      x.reduce((sum, value, k) => sum + weight[o * x.length + k]! * value, bias),
    )
  }
}
