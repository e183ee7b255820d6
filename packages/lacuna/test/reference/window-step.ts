/**
 * The step on windows in plain float64, written from the equations and sharing no code with the
 * library: nested loops, no kernels, one network at a time, nothing shared between them.
 */

/** A layer: W[output][input] and b. */
export interface Layer {
  W: number[][]
  b: number[]
}

/** Leaky ReLU with slope 0.2 follows every layer but the last. */
export type Network = Layer[]

/** One window: 1 + its pixels. */
export interface Window {
  /** Around the hole, as the generator and as the energy network see it. */
  far: number[]
  near: number[]
  /** In the hole. */
  truth: number[]
  /** The head that meets the energy network; undefined if none does. */
  chosen?: number
}

/** λ, ρ, χ and the number of heads. */
export interface Weights {
  reconstruction: number
  best: number
  choice: number
  heads: number
}

const PIXELS = 36

/** The outputs of all layers, the input first. */
function forward(network: Network, x: number[]): number[][] {
  const outputs = [x]
  network.forEach(({ W, b }, l) => {
    const sums = W.map((row, o) => row.reduce((s, w, k) => s + w * outputs[l]![k]!, b[o]!))
    outputs.push(l < network.length - 1 ? sums.map(t => (t < 0 ? 0.2 * t : t)) : sums)
  })
  return outputs
}

/** Adds ∂err/∂W and ∂err/∂b to `gradient`, given ∂err/∂output; returns ∂err/∂x. */
function backward(
  network: Network,
  outputs: number[][],
  above: number[],
  gradient: Network,
): number[] {
  for (let l = network.length - 1; l >= 0; l--) {
    const hidden = l < network.length - 1
    const delta = above.map((d, o) => (hidden && outputs[l + 1]![o]! < 0 ? 0.2 * d : d))
    above = outputs[l]!.map((x, k) => {
      let sum = 0
      delta.forEach((d, o) => {
        gradient[l]!.W[o]![k]! += d * x
        sum += d * network[l]!.W[o]![k]!
      })
      return sum
    })
    delta.forEach((d, o) => {
      gradient[l]!.b[o]! += d
    })
  }
  return above
}

const zerosLike = (network: Network): Network =>
  network.map(({ W, b }) => ({ W: W.map(row => row.map(() => 0)), b: b.map(() => 0) }))

const sigmoid = (t: number) => 1 / (1 + Math.exp(-t))
const softplus = (t: number) => Math.log1p(Math.exp(t))

/** 1 + clamp(1.1·tanh u). */
const paint = (u: number) => 1 + Math.max(-1, Math.min(1, 1.1 * Math.tanh(u)))

/**
 * Both errors of a batch, and their gradients: the generator's passes the clamp unless it pushes
 * further outside.
 */
export function windowErrors(
  generator: Network,
  energy: Network,
  batch: Window[],
  { reconstruction, best, choice, heads }: Weights,
) {
  const [generatorGradient, energyGradient] = [zerosLike(generator), zerosLike(energy)]
  const n = batch.length
  let [generatorError, energyError, reconstructionError] = [0, 0, 0]
  for (const { far, near, truth, chosen } of batch) {
    const g = forward(generator, far)
    const u = g.at(-1)!
    const q = Array.from({ length: heads }, (_, k) =>
      u.slice(k * PIXELS, (k + 1) * PIXELS).map(paint),
    )
    const squares = q.map(
      pixels => pixels.reduce((s, v, j) => s + (v - truth[j]!) ** 2, 0) / PIXELS,
    )
    const nearest = squares.indexOf(Math.min(...squares))
    reconstructionError += squares[nearest]! / n
    const slopes = u.map(() => 0)
    for (const [k, square] of squares.entries()) {
      const share = reconstruction * ((k === nearest ? best : 0) + (1 - best) / heads)
      generatorError += (share * square) / n
      for (let j = 0; j < PIXELS; j++)
        slopes[k * PIXELS + j]! += (share * 2 * (q[k]![j]! - truth[j]!)) / PIXELS / n
    }
    if (heads > 1) {
      const exps = u.slice(heads * PIXELS).map(Math.exp)
      const total = exps.reduce((a, b) => a + b)
      generatorError -= (choice * Math.log(exps[nearest]! / total)) / n
      for (const [k, e] of exps.entries())
        slopes[heads * PIXELS + k] = (choice * (e / total - (k === nearest ? 1 : 0))) / n
    }
    if (chosen !== undefined) {
      const [onTrue, onPainted] = [truth, q[chosen]!].map(hole =>
        forward(energy, [...near, ...hole]),
      )
      const d = onTrue!.at(-1)![0]! - onPainted!.at(-1)![0]!
      energyError += softplus(d) / n
      generatorError += softplus(-d) / n
      backward(energy, onTrue!, [sigmoid(d) / n], energyGradient)
      backward(energy, onPainted!, [-sigmoid(d) / n], energyGradient)
      const pulled = backward(energy, onPainted!, [sigmoid(-d) / n], zerosLike(energy))
      for (let j = 0; j < PIXELS; j++) slopes[chosen * PIXELS + j]! += pulled[near.length + j]!
    }
    for (let j = 0; j < heads * PIXELS; j++) {
      const t = Math.tanh(u[j]!)
      const outwards = (1.1 * t > 1 && slopes[j]! < 0) || (1.1 * t < -1 && slopes[j]! > 0)
      slopes[j] = outwards ? 0 : slopes[j]! * 1.1 * (1 - t * t)
    }
    backward(generator, g, slopes, generatorGradient)
  }
  return {
    generatorError,
    energyError,
    reconstruction: reconstructionError,
    generatorGradient,
    energyGradient,
  }
}
