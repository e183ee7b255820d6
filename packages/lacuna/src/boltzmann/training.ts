import { log } from '../compute/elementary.js'
import { finiteUpTo } from '../compute/matrix.js'
import { permutation } from '../compute/permutation.js'
import { Random, Stream } from '../compute/random.js'
import { Workspace } from '../compute/workspace.js'
import { splitExamples } from '../data/split.js'
import { fingerprint } from '../formats/crc32.js'
import type { Memory } from '../formats/training-state.js'
import { diverged } from '../network/divergence.js'
import { Centring } from './centring.js'
import { readRbmCheckpoint, writeRbmCheckpoint } from './checkpoint.js'
import { ConditionalRbm } from './conditional-rbm.js'
import { Descent } from './descent.js'
import { ExactStep } from './exact-step.js'
import { Examples } from './examples.js'
import { Monitor, type Monitors } from './monitors.js'
import { SampledStep } from './sampled-step.js'
import { LayerVector } from './training-layers.js'
import { type RbmTrainingOptions, recipeOf } from './training-options.js'
import { readState, writeState } from './training-state.js'

/** What is known at the end of an epoch. */
export interface RbmEpoch extends Monitors {
  /** Counted from 0. */
  readonly epoch: number
  /** Mean of −log p over the training examples as they came by, in nats; NaN unless `exact`. */
  readonly nll: number
  /** All that is needed to go on from here, in safetensors. */
  readonly state: Uint8Array
}

/** What the worker answers: an epoch, and the machine as a checkpoint. */
export interface RbmProgress {
  readonly epoch: RbmEpoch
  readonly machine: Uint8Array
}

/** What the worker is sent. */
export interface RbmTrainingJob {
  readonly checkpoint: Uint8Array
  /** (x, y) of each example, a byte a bit. */
  readonly bits: Uint8Array
  readonly options: Omit<RbmTrainingOptions, 'signal'>
}

/**
 * Trains a machine by gradient descent on a mean negative log-likelihood, epoch by epoch.
 *
 * A machine whose biases are all 0 first gets those with which, but for its couplings, each visible
 * bit is on as often as in the data and each hidden bit half of the time.
 */
export function* trainRbm(job: RbmTrainingJob): Generator<RbmProgress> {
  const { parameters, columns, provenance } = readRbmCheckpoint(job.checkpoint)
  const initial = ConditionalRbm.from(parameters)
  const { seed } = provenance
  const [d, D, K] = [initial.W.rows, initial.W.rows + initial.U.rows, initial.W.cols]
  const recipe = recipeOf(job.options, d)
  const { method, likelihood, epochs, sweeps, learningRate, momentum, weightDecay } = recipe
  const clamped = likelihood === 'conditional' ? d : 0

  const all = job.bits.length / D
  const split = splitExamples(all, recipe.validation, seed)
  const held = new Examples(job.bits, D, split.held)
  const examples = new Examples(job.bits, D, split.trained)
  const batch = Math.min(recipe.batch, examples.rows)
  const steps = Math.ceil(examples.rows / batch)

  const workspace = new Workspace({ threads: job.options.threads ?? 1 })
  const layers = new LayerVector(workspace, D, K)
  const walk = { sweeps, persistent: method === 'pcd' }
  const likelihoodStep =
    method === 'exact'
      ? new ExactStep(workspace, layers, examples, d, clamped)
      : new SampledStep(workspace, layers, examples, batch, clamped, seed, walk)
  const descent = new Descent(workspace, layers, momentum, weightDecay)
  const counts = examples.counts()
  const mu = counts.map(count => count / examples.rows)
  const centring = new Centring(workspace, mu, K, recipe.centring)
  const monitor = new Monitor(workspace, layers, examples, held, clamped)

  const data = fingerprint(job.bits)
  const sizes = { inputs: d, outputs: D - d, hidden: K }
  const run = JSON.stringify({ ...recipe, data, seed, ...sizes })
  const memory: Memory = [
    { name: 'velocity', data: descent.velocity },
    { name: 'lambda', data: centring.lambda },
    { name: 'chains', data: likelihoodStep.memory },
  ]
  let done = 0
  if (job.options.resume) {
    const state = readState(job.options.resume, memory, run, epochs, sizes)
    done = state.done
    layers.adopt(ConditionalRbm.from(state.parameters))
  } else {
    layers.adopt(initial)
    if ([...layers.alpha, ...layers.q].every(bias => bias === 0))
      fitBiases(layers, counts, examples.rows, clamped)
  }

  for (let epoch = done; epoch < epochs; epoch++) {
    const shuffled = permutation(examples.rows, new Random(seed, Stream.order, epoch + 1))
    let nll = 0
    for (let step = 0; step < steps; step++) {
      const part = shuffled.subarray(step * batch, (step + 1) * batch)
      const number = epoch * steps + step
      nll += likelihoodStep.observe(part, number)
      centring.follow(likelihoodStep.hiddenMean)
      const eta = learningRate * (1 - number / (epochs * steps))
      descent.step(eta, (into, alpha, beta) => likelihoodStep.addTo(into, alpha, beta, centring))
    }
    requireFiniteParameters(layers, `after step ${steps - 1} of epoch ${epoch}`)
    const machine = layers.machine(d)
    const training = { ...recipe, data, epochs: epoch + 1 }
    const saved = writeRbmCheckpoint(machine, { seed, training }, columns)
    const state = writeState(saved, memory, run, epoch + 1)
    const monitors = monitor.watch()
    yield { epoch: { epoch, nll: nll / examples.rows, ...monitors, state }, machine: saved }
  }
}

/**
 * α_i = the logit of the rate at which bit i is on, counted as if one more example had it on and one
 * off; q = −Aᵀμ, so that at the mean μ of the data every hidden bit is on half of the time.
 * @param counts how often each bit is on in n examples
 * @param clamped units whose biases stay 0
 */
function fitBiases(
  { A, alpha, q }: LayerVector,
  counts: Float64Array,
  n: number,
  clamped: number,
): void {
  for (let i = 0; i < alpha.length; i++) {
    const on = counts[i]! + 1
    if (i >= clamped) alpha[i] = log(on / (n + 2 - on))
    for (let k = 0; k < q.length; k++) q[k]! -= (A[i * q.length + k]! * counts[i]!) / n
  }
}

/** Checks the parameters after a step; the name of a tensor is that in the equations. */
function requireFiniteParameters({ all, A, alpha, q }: LayerVector, when: string): void {
  if (finiteUpTo(all) === all.length) return
  throw diverged(
    `a parameter is not finite ${when}`,
    [
      ['A', { data: A }],
      ['α', { data: alpha }],
      ['q', { data: q }],
    ],
    'Lower the learning rate or the momentum.',
  )
}
