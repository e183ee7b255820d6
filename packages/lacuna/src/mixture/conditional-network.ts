import { Activation } from '../compute/kernels.js'
import { Workspace } from '../compute/workspace.js'
import {
  type Checkpoint,
  checkTensors,
  damaged,
  type Provenance,
  readCheckpoint,
  writeCheckpoint,
} from '../formats/checkpoint.js'
import { areNames, type ColumnNames } from '../formats/column-names.js'
import type { Tensor } from '../formats/safetensors.js'
import { type ActivationName, Perceptron } from '../network/perceptron.js'
import { type MixtureLayout, partsOf } from './mixture-error.js'
import { Standardisation } from './standardisation.js'

const MODEL = 'mixture-density-network'

/** What a mixture density network is made of. */
export interface MixtureArchitecture extends MixtureLayout {
  /** d, the number of inputs. */
  readonly inputs: number
  /** Units of the hidden layers. */
  readonly hidden: readonly number[]
  readonly activation: ActivationName
  /** σ₀, the least σ, in units of the outputs' standard deviation. */
  readonly floor: number
  /** What inputs and outputs are called, where they come from a table. */
  readonly columns?: ColumnNames
}

/**
 * The network behind a mixture density network, from standardised x to z = (z^α, z^μ, z^σ), with the
 * scaling of both ends and the buffers of a batch, in one workspace.
 */
export class ConditionalNetwork {
  readonly architecture: MixtureArchitecture
  /** The most examples a pass may have. */
  readonly rows: number
  /** Numbers in z. */
  readonly width: number
  readonly workspace: Workspace
  readonly perceptron: Perceptron
  /** Standardised inputs of a batch. */
  readonly x: Float32Array
  inputScaling: Standardisation
  outputScaling: Standardisation

  /** @param workspace where it is laid out, one of its own if left out */
  constructor(architecture: MixtureArchitecture, rows: number, workspace = new Workspace()) {
    const { inputs, hidden, activation } = architecture
    const { logits, means, scales } = partsOf(architecture)
    this.architecture = architecture
    this.workspace = workspace
    this.rows = rows
    this.width = logits + means + scales
    const activations = [...hidden.map(() => activation), 'identity' as const]
    const sizes = [inputs, ...hidden, this.width]
    this.perceptron = new Perceptron(this.workspace, sizes, activations, rows)
    this.x = this.workspace.floats(rows * inputs)
    this.inputScaling = Standardisation.none(inputs)
    this.outputScaling = Standardisation.none(architecture.outputs)
  }

  /** Weights and biases by their names in PyTorch's state dict, `network.0.weight` …. */
  *parameters(): Generator<{ name: string; shape: number[]; data: Float32Array }> {
    for (const [l, layer] of this.perceptron.layers.entries()) {
      const { weight, bias, inputs, outputs } = layer
      yield { name: `network.${2 * l}.weight`, shape: [outputs, inputs], data: weight }
      yield { name: `network.${2 * l}.bias`, shape: [outputs], data: bias }
    }
  }

  /** The network as a checkpoint. */
  save(provenance: Provenance): Uint8Array {
    const tensors = new Map<string, Tensor>()
    for (const { name, shape, data } of this.parameters()) tensors.set(name, { shape, data })
    for (const [name, { mean, scale }] of Object.entries({
      inputs: this.inputScaling,
      outputs: this.outputScaling,
    })) {
      tensors.set(`${name}.mean`, { shape: [mean.length], data: mean })
      tensors.set(`${name}.scale`, { shape: [scale.length], data: scale })
    }
    return writeCheckpoint(MODEL, this.architecture, provenance, tensors)
  }

  /** Sets parameters and scaling to those of a checkpoint of this architecture. */
  adopt({ tensors }: Checkpoint): void {
    const values = (name: string) => tensors.get(name)!.data as Float32Array | Float64Array
    for (const { name, data } of this.parameters()) data.set(values(name))
    const scaling = (name: string) =>
      new Standardisation(
        Float64Array.from(values(`${name}.mean`)),
        Float64Array.from(values(`${name}.scale`)),
      )
    this.inputScaling = scaling('inputs')
    this.outputScaling = scaling('outputs')
  }
}

/** Names and shapes of all tensors of a checkpoint. */
function* shapesOf(architecture: MixtureArchitecture) {
  const { logits, means, scales } = partsOf(architecture)
  const sizes = [architecture.inputs, ...architecture.hidden, logits + means + scales]
  for (let l = 0; l + 1 < sizes.length; l++) {
    yield { name: `network.${2 * l}.weight`, shape: [sizes[l + 1]!, sizes[l]!] }
    yield { name: `network.${2 * l}.bias`, shape: [sizes[l + 1]!] }
  }
  for (const end of ['inputs', 'outputs'] as const)
    for (const part of ['mean', 'scale'])
      yield { name: `${end}.${part}`, shape: [architecture[end]] }
}

/**
 * Reads a checkpoint of a mixture density network and checks that its tensors are its own.
 * @throws LACUNA_E_SAFETENSORS, LACUNA_E_CHECKPOINT or LACUNA_E_NOT_FINITE
 */
export function readMixtureCheckpoint(
  bytes: Uint8Array,
): Checkpoint & { readonly architecture: MixtureArchitecture } {
  const checkpoint = readCheckpoint(MODEL, bytes)
  const architecture = asArchitecture(checkpoint.configuration)
  checkTensors(checkpoint.tensors, shapesOf(architecture))
  for (const name of ['inputs.scale', 'outputs.scale']) {
    const scale = checkpoint.tensors.get(name)!.data as Float32Array | Float64Array
    if (!scale.every(value => value > 0)) throw damaged(name, String(scale))
  }
  return { ...checkpoint, architecture }
}

function asArchitecture(configuration: object | undefined): MixtureArchitecture {
  const found = (configuration ?? {}) as Partial<MixtureArchitecture>
  const whole = (n: unknown) => Number.isSafeInteger(n) && (n as number) > 0
  if (
    ![found.inputs, found.outputs, found.components].every(whole) ||
    !(Array.isArray(found.hidden) && found.hidden.every(whole)) ||
    !Object.hasOwn(Activation, found.activation ?? '') ||
    !['isotropic', 'diagonal'].includes(found.covariance ?? '') ||
    !(Number.isFinite(found.floor) && found.floor! > 0) ||
    !(found.columns === undefined || areNames(found.columns, found as MixtureArchitecture))
  )
    throw damaged('configuration', JSON.stringify(configuration))
  return found as MixtureArchitecture
}
