import {
  ClassificationRbm,
  type ColumnNames,
  ConditionalRbm,
  MixtureDensityNetwork,
  readSafetensors,
} from 'lacuna'
import {
  type Completer,
  givesSeveral,
  imageOfCheckpoint,
  type Method,
  methodOfCheckpoint,
} from 'lacuna/completion'
import type { ModelCard } from '../answer-schemas.js'
import type { QuestionKind } from './question.js'

/** What a model says of itself; name and checkpoint are the registry's. */
export type About = Omit<ModelCard, 'name' | 'checkpoint'>

/** A model of images, and the method that it is of. */
export interface ImageModel {
  readonly method: Method
  readonly completer: Completer
  readonly image: { readonly height: number; readonly width: number }
}

/** A model that is ready to answer: of images, of the columns of a table, or both. */
export interface LoadedModel {
  readonly about: About
  readonly images?: ImageModel
  readonly mixture?: MixtureDensityNetwork
  readonly machine?: ConditionalRbm
  readonly classifier?: ClassificationRbm
}

/**
 * The model of a checkpoint.
 * @throws LACUNA_E_SAFETENSORS, LACUNA_E_CHECKPOINT or LACUNA_E_NOT_FINITE if the bytes are malformed or of
 *   nothing that can be asked
 */
export function loadModel(bytes: Uint8Array): LoadedModel {
  const kind = readSafetensors(bytes).metadata.model ?? 'unknown'
  if (kind === 'mixture-density-network') {
    const mixture = MixtureDensityNetwork.load(bytes)
    const { inputs, outputs, columns } = mixture.architecture
    const about = { kind, inputs, outputs, ...named(columns) }
    return { mixture, about: { ...about, questions: ['density', 'predict'] } }
  }
  if (kind === 'classification-rbm') {
    const classifier = ClassificationRbm.load(bytes)
    const sizes = { inputs: classifier.W.rows, outputs: classifier.U.rows }
    return { classifier, about: { kind, ...sizes, questions: ['predict'] } }
  }
  if (kind === 'conditional-rbm') {
    const machine = ConditionalRbm.load(bytes)
    const { columns } = machine
    const sizes = { inputs: machine.W.rows, outputs: machine.U.rows }
    const isTable = columns !== undefined || sizes.inputs > 0 || Math.sqrt(sizes.outputs) % 1 > 0
    const images = isTable ? undefined : imageModel(bytes)
    const questions: QuestionKind[] = ['predict', 'sample']
    const table = { kind, ...sizes, ...named(columns) }
    if (!images) return { machine, about: { ...table, questions } }
    const about = { ...table, ...aboutImages(images) }
    return {
      machine,
      images,
      about: { ...about, questions: [...questionsOf(images), ...questions] },
    }
  }
  const images = imageModel(bytes)
  return { images, about: { kind, ...aboutImages(images), questions: questionsOf(images) } }
}

function named(columns: ColumnNames | undefined): Pick<About, 'columns'> {
  return columns ? { columns: { inputs: [...columns.inputs], outputs: [...columns.outputs] } } : {}
}

function imageModel(bytes: Uint8Array): ImageModel {
  const method = methodOfCheckpoint(bytes)
  return { method, completer: method.checkpoint!.load(bytes), image: imageOfCheckpoint(bytes) }
}

function questionsOf({ method }: ImageModel): QuestionKind[] {
  return method.energy ? ['complete', 'energy'] : ['complete']
}

function aboutImages({ method, completer, image }: ImageModel) {
  return { method: method.name, severalAnswers: givesSeveral(completer), image }
}
