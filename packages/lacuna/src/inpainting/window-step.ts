import { sigmoid, softplus } from '../compute/elementary.js'
import { Activation, Mode } from '../compute/kernels.js'
import type { Random } from '../compute/random.js'
import type { Adam } from '../network/optimiser.js'
import { differentiateThrough } from '../network/perceptron.js'
import { headsError, headWeights } from './heads-error.js'
import { ink, inkGradient } from './ink.js'
import { HOLE } from './window.js'
import type { WindowNetworks } from './window-networks.js'
import type { ErrorWeights } from './window-recipes.js'

/** The share of the draws of a head that goes by the heads' weights; the rest goes round evenly. */
const BY_WEIGHT = 0.7

/** The optimisers of the two networks. */
export interface Descents {
  readonly generator: Adam
  readonly energy?: Adam
}

/** What a step finds, before it moves anything. */
export interface StepErrors {
  /** The mean squared error inside the holes, of each example's best head. */
  readonly reconstruction: number
  /** The error of the energy network, mean log(1 + e^d); NaN where the generator trained alone. */
  readonly contrast: number
}

/**
 * One step of a recipe. With c the context of a window, p the truth in its hole, q what the generator
 * paints there (one of its heads, if it has several) and d = E(c, p) − E(c, q),
 *
 *   err_E = mean log(1 + e^d)                        E tells p from q,
 *   err_g = `headsError`(q, p) + mean log(1 + e^−d)  g comes near p, and is taken for it.
 *
 * Each network descends on an error of its own, both from the same forward pass. The adversarial term
 * of err_g is not −err_E, as in the sheet's game: where E tells p from q for sure (d ≪ 0), err_E is flat
 * and the slope −sigm(−d) of log(1 + e^−d) is near −1, so that a generator that is found out learns the
 * most ("non-saturating", Goodfellow et al. 2014, section 3).
 *
 * Both errors depend on E's parameters and on q through the energies alone. So E is differentiated once,
 * with slopes 1, and row by row the result is multiplied by the slope that either error has:
 *
 *   ∂err_E/∂E(c, p) = sigm(d)/n,  ∂err_E/∂E(c, q) = −sigm(d)/n,  ∂err_g/∂E(c, q) = sigm(−d)/n.
 *
 * @param networks with contexts and truths of n windows
 * @param random which head meets the energy network; if not given, the generator trains alone
 */
export function windowStep(
  networks: WindowNetworks,
  n: number,
  descents: Descents,
  weights: ErrorWeights,
  random?: Random,
): StepErrors {
  const { generator, context, painted, tanh, truth, heads } = networks
  const stride = generator.layers.at(-1)!.outputs
  const u = paint(networks, n)
  const slopes = generator.outputGradient
  const { best } = headsError(painted, u, truth, n, heads, stride, weights, slopes)
  const contrast = random ? contend(networks, n, descents.energy!, random) : Number.NaN
  for (let i = 0; i < n; i++)
    for (let j = i * stride; j < i * stride + heads * HOLE; j++)
      slopes[j] = inkGradient(slopes[j]!, tanh[j]!)
  descents.generator.advance(1)
  generator.backward(context, n, descents.generator)
  return { reconstruction: best, contrast }
}

/**
 * Paints the holes of n windows, whose contexts are listed, into `painted`.
 * @returns u, the generator's outputs
 */
export function paint(networks: WindowNetworks, n: number): Float32Array {
  const { generator, context, painted, tanh, heads, workspace } = networks
  const u = generator.forward(context, n)
  const stride = generator.layers.at(-1)!.outputs
  workspace.kernels.tanh(tanh.byteOffset, u.byteOffset, n * stride)
  for (let i = 0; i < n; i++)
    for (let j = 0; j < heads * HOLE; j++)
      painted[i * heads * HOLE + j] = ink(tanh[i * stride + j]!)
  return u
}

/**
 * The energy network's part: it compares what was painted with the truth and descends; the
 * adversarial term's gradient is added to the generator's slopes.
 * @returns err_E, before the step
 */
function contend(networks: WindowNetworks, n: number, descent: Adam, random: Random): number {
  const { generator, painted, truth, heads, workspace } = networks
  const { network, windows, slopes, holeGradient } = networks.energy!
  const { kernels } = workspace
  const u = generator.layers.at(-1)!.output
  const stride = generator.layers.at(-1)!.outputs
  const chosen = networks.chosen
  windows.holes.set(truth.subarray(0, n * HOLE))
  for (let i = 0; i < n; i++) {
    const k = heads === 1 ? 0 : drawHead(u, i * stride + heads * HOLE, heads, random)
    const from = (i * heads + k) * HOLE
    chosen[i] = k
    windows.holes.set(painted.subarray(from, from + HOLE), (n + i) * HOLE)
  }
  const energies = network.forward(windows, 2 * n)
  network.outputGradient.fill(1, 0, 2 * n)
  differentiateThrough(kernels, network.layers, 2 * n)

  // ∂E(c, q)/∂q, for the generator.
  const [first] = network.layers
  const { delta, outputs } = first!
  const [G, D] = [holeGradient.byteOffset, delta.byteOffset + 4 * n * outputs]
  const Wp = windows.holeWeights(first!)
  const { identity } = Activation
  kernels.product(
    G,
    HOLE,
    n,
    HOLE,
    outputs,
    D,
    outputs,
    1,
    Wp,
    1,
    outputs,
    Mode.store,
    1,
    0,
    identity,
  )

  const generatorSlopes = generator.outputGradient
  let sum = 0
  for (let i = 0; i < n; i++) {
    const d = energies[i]! - energies[n + i]!
    sum += softplus(d)
    slopes[i] = sigmoid(d) / n
    slopes[n + i] = -sigmoid(d) / n
    const slope = sigmoid(-d) / n
    const at = i * stride + chosen[i]! * HOLE
    for (let j = 0; j < HOLE; j++) generatorSlopes[at + j]! += slope * holeGradient[i * HOLE + j]!
  }

  descent.advance(1)
  for (const [l, layer] of network.layers.entries()) {
    kernels.scaleRows(layer.delta.byteOffset, slopes.byteOffset, 2 * n, layer.outputs)
    descent.descend(layer, l > 0 ? network.layers[l - 1]!.output : windows, 2 * n)
  }
  return sum / n
}

/** A head: k with probability 0.7·softmax(a)_k + 0.3/K. */
function drawHead(logits: Float32Array, start: number, heads: number, random: Random): number {
  const weights = headWeights(logits, start, heads)
  let left = random.uniform()
  for (let k = 0; k < heads - 1; k++) {
    left -= BY_WEIGHT * weights[k]! + (1 - BY_WEIGHT) / heads
    if (left < 0) return k
  }
  return heads - 1
}
