import { createHash } from 'node:crypto'
import { Images, LacunaError, Matrix, Random } from 'lacuna'
import {
  type Completer,
  divideForQuestion,
  givesSeveral,
  type Method,
  methodNamed,
  methodOfCheckpoint,
  type Score,
  trialWith,
} from 'lacuna/completion'

/** What the thread that completes is sent. */
export interface CompletionJob {
  /** 1×pixels, 0 in the hole, and 1 in the hole. */
  readonly z: Float32Array
  readonly mask: Float32Array
  /** How many answers at the most; one, the best guess, if left out. */
  readonly answers?: number
  readonly seed: number
  /** A checkpoint, or a method and the images that it is to learn from. */
  readonly source:
    | { readonly checkpoint: Uint8Array }
    | {
        readonly method: string
        readonly images: Pick<Images, 'count' | 'height' | 'width' | 'pixels'>
      }
}

/** What came of it. */
export interface Completions {
  readonly method: string
  /** SHA-256 of the checkpoint; absent if the method has none. */
  readonly hash?: string
  /** What the numbers beside the answers are; absent if there are none. */
  readonly score?: Score
  /** The likeliest first. */
  readonly answers: readonly { readonly completed: Float32Array; readonly score?: number }[]
}

/** What it reports, as it goes. */
export type CompletionReport =
  | { readonly progress: { label: string; fraction: number; detail?: string } }
  | { readonly completions: Completions }

/** Completes one picture, after training a method for it if need be. */
export async function* completePicture(job: CompletionJob): AsyncGenerator<CompletionReport> {
  const { answers: n, seed } = job
  const pixels = job.z.length
  const [z, mask] = [job.z, job.mask].map(data => new Matrix(1, pixels, data)) as [Matrix, Matrix]
  const { method, completer, bytes } = yield* prepare(job)
  const about = { method: method.name, ...(bytes && { hash: sha256(bytes) }) }
  if (n !== undefined) {
    if (!givesSeveral(completer))
      throw new LacunaError(
        'LACUNA_E_OPTION',
        `${method.name} gives one answer only`,
        'Leave --answers out, or choose a method that gives several, such as heads or nearest.',
      )
    const [{ completed, scores }] = completer.completions(z, mask, n, new Random(seed)) as [
      { completed: Matrix; scores: Float64Array },
    ]
    const answers = Array.from(scores, (score, k) => ({
      completed: completed.row(k).slice(),
      score,
    }))
    yield { completions: { ...about, score: completer.score, answers } }
    return
  }
  const completed = completer.complete(z, mask)
  const energy = method.energy && completer.energy?.(completed, mask)[0]
  yield {
    completions: {
      ...about,
      ...(energy !== undefined && { score: 'energy' }),
      answers: [{ completed: completed.data, ...(energy !== undefined && { score: energy }) }],
    },
  }
}

async function* prepare({
  source,
  mask,
  seed,
}: CompletionJob): AsyncGenerator<
  CompletionReport,
  { method: Method; completer: Completer; bytes: Uint8Array | undefined }
> {
  if ('checkpoint' in source) {
    const bytes = source.checkpoint
    const method = methodOfCheckpoint(bytes)
    return { method, completer: method.checkpoint!.load(bytes), bytes }
  }
  const method = methodNamed(source.method)
  const { count, height, width, pixels } = source.images
  const { learnt, chosenBy } = divideForQuestion(new Images(count, height, width, pixels))
  const holes = new Matrix(chosenBy.count, mask.length)
  for (let i = 0; i < holes.rows; i++) holes.row(i).set(mask)
  const images = learnt.slice(0, Math.min(learnt.count, method.images ?? count))
  const training = method.train({ images, trial: trialWith(chosenBy, holes), seed })
  for (;;) {
    const { done, value } = await training.next()
    if (done) return { method, completer: value.completer, bytes: value.completer.save?.() }
    const { detail } = value
    const progress = { label: method.name, fraction: value.done / value.of }
    yield { progress: { ...progress, ...(detail && { detail }) } }
  }
}

function sha256(bytes: Uint8Array): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`
}
