import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { LacunaError } from 'lacuna'
import type { ModelCard } from '../answer-schemas.js'
import type { Checkpoint } from '../compute/compute-worker.js'
import type { About } from '../compute/loaded-model.js'
import type { QuestionKind } from '../compute/question.js'

/** The file of a model, and the name under which it is asked. */
export interface ModelFile {
  readonly name: string
  readonly path: string
}

/** A model that answers at present. */
export interface ServedModel {
  /** Of its state in the compute threads; another one after each reload. */
  readonly key: string
  readonly card: ModelCard
}

/** What became of a model that was to be loaded again. */
export interface Reloaded {
  readonly name: string
  readonly outcome: 'unchanged' | 'replaced' | 'kept'
  /** Why the old one was kept. */
  readonly error?: LacunaError
}

/** Where models are loaded: the compute threads. */
interface Loader {
  load(key: string, checkpoint: Checkpoint): Promise<About>
  forget(key: string): void
}

/**
 * The models that a service has, by name. Its files are those that it was started with: a request chooses
 * among names, and no part of it becomes a path. A reload reads a file, loads it into the threads, and only
 * then lets it answer in one step; whoever was asked before finishes on the old one, which is forgotten when
 * nothing is asked of it any more.
 */
export class ModelRegistry {
  readonly #files: readonly ModelFile[]
  readonly #loader: Loader
  readonly #served = new Map<string, ServedModel>()
  /** Questions under way, by key. */
  readonly #asked = new Map<string, number>()
  #generation = 0
  #reloading: Promise<Reloaded[]> = Promise.resolve([])

  constructor(files: readonly ModelFile[], loader: Loader) {
    this.#files = files
    this.#loader = loader
  }

  /**
   * Loads all models for the first time.
   * @throws LACUNA_E_CHECKPOINT, LACUNA_E_SAFETENSORS or LACUNA_E_NOT_FINITE, naming the file
   */
  async load(): Promise<void> {
    for (const { name, error } of await this.reload()) if (error) throw naming(name, error)
  }

  /** Loads again what has changed, one reload after the other. A file that is broken changes nothing. */
  reload(): Promise<Reloaded[]> {
    this.#reloading = this.#reloading.then(async () => {
      const outcomes: Reloaded[] = []
      for (const file of this.#files) outcomes.push(await this.#reloadOne(file))
      return outcomes
    })
    return this.#reloading
  }

  /** The models, in the order in which they were named. */
  get cards(): ModelCard[] {
    return this.#files.flatMap(({ name }) => this.#served.get(name)?.card ?? [])
  }

  /**
   * The model to ask: of a name, of a method, or the first that answers such questions.
   * @throws LACUNA_E_NOT_FOUND if there is none; LACUNA_E_OPTION if the one that is named answers other
   *   questions
   */
  choose(kind: QuestionKind, name?: string, method?: string): ServedModel {
    const found = this.#files
      .flatMap(file => this.#served.get(file.name) ?? [])
      .find(
        ({ card }) =>
          (name === undefined ? card.questions.includes(kind) : card.name === name) &&
          (method === undefined || card.method === method),
      )
    if (found?.card.questions.includes(kind)) return found
    if (found)
      throw new LacunaError(
        'LACUNA_E_OPTION',
        `the model ${found.card.name} does not answer ${kind}, only ${found.card.questions.join(', ')}`,
        'GET /v1/models says what each model answers.',
      )
    const wanted = [
      ...(name === undefined ? [] : [`called '${name}'`]),
      ...(method === undefined ? [] : [`of the method '${method.slice(0, 64)}'`]),
    ].join(' and ')
    throw new LacunaError(
      'LACUNA_E_NOT_FOUND',
      `there is no model ${wanted || `that answers ${kind}`}`,
      'GET /v1/models lists what there is.',
    )
  }

  /** Keeps a model in the threads while it is asked something. */
  async whileAsked<T>({ key }: ServedModel, ask: () => Promise<T>): Promise<T> {
    this.#asked.set(key, (this.#asked.get(key) ?? 0) + 1)
    try {
      return await ask()
    } finally {
      const left = this.#asked.get(key)! - 1
      if (left > 0) this.#asked.set(key, left)
      else {
        this.#asked.delete(key)
        this.#forgetIfOld(key)
      }
    }
  }

  async #reloadOne({ name, path }: ModelFile): Promise<Reloaded> {
    const old = this.#served.get(name)
    try {
      const bytes = await readShared(path)
      const checkpoint = `sha256:${createHash('sha256').update(bytes).digest('hex')}`
      if (old?.card.checkpoint === checkpoint) return { name, outcome: 'unchanged' }
      const key = `${name}@${++this.#generation}`
      const about = await this.#loader.load(key, { by: { model: name, checkpoint }, bytes })
      this.#served.set(name, { key, card: { name, checkpoint, ...about } })
      if (old) this.#forgetIfOld(old.key)
      return { name, outcome: 'replaced' }
    } catch (error) {
      return { name, outcome: 'kept', error: coded(error as Error) }
    }
  }

  #forgetIfOld(key: string): void {
    const isServed = [...this.#served.values()].some(served => served.key === key)
    if (!isServed && !this.#asked.has(key)) this.#loader.forget(key)
  }
}

/** Whatever a broken file does, it ends nothing. */
function coded(error: Error): LacunaError {
  if (error instanceof LacunaError) return error
  return new LacunaError('LACUNA_E_INTERNAL', String(error), 'Please report it.', { cause: error })
}

/** A file, in memory that threads share. */
async function readShared(path: string): Promise<Uint8Array> {
  try {
    const bytes = await readFile(path)
    const shared = new Uint8Array(new SharedArrayBuffer(bytes.length))
    shared.set(bytes)
    return shared
  } catch (error) {
    throw new LacunaError(
      'LACUNA_E_CHECKPOINT',
      `cannot read ${path}: ${(error as Error).message}`,
      'Name the checkpoint of a model, a .safetensors file.',
      { cause: error },
    )
  }
}

function naming(name: string, { code, message, hint }: LacunaError): LacunaError {
  const what = message.slice(code.length + 2)
  return new LacunaError(code, `the model ${name}: ${what}`, hint)
}
