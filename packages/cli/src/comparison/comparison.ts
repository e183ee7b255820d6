import {
  type Completer,
  hasLearntFrom,
  Images,
  type LabelledImages,
  type MaskKind,
  Matrix,
  type Measurement,
  type Method,
  methodNamed,
  type Trained,
  type Trial,
  Yardstick,
} from 'lacuna'

/** What the thread that compares is sent. */
export interface ComparisonJob {
  readonly train: PlainExamples
  readonly test: PlainExamples
  readonly masks: MaskKind
  readonly seed: number
  /** How many test images; all if left out. */
  readonly n?: number
  /** The names of the methods. */
  readonly methods: readonly string[]
  /** Checkpoints that are at hand, by the method's name. */
  readonly checkpoints: ReadonlyMap<string, Uint8Array>
}

/** Images lose their methods on the way to a thread. */
type PlainExamples = {
  readonly images: Pick<Images, 'count' | 'height' | 'width' | 'pixels'>
  readonly labels: Uint8Array
}

/** What is known of a method at the end. */
export interface Compared {
  readonly name: string
  readonly title: string
  readonly measurement: Measurement
  /** The settings that were chosen by the images kept aside. */
  readonly chosen?: Readonly<Record<string, number>>
  /** To train (not if a checkpoint was at hand), and to complete 10,000 images. */
  readonly seconds: { readonly train?: number; readonly complete: number }
}

/** What it reports, as it goes. */
export type ComparisonReport =
  | { readonly progress: { label: string; phase: string; fraction: number; detail?: string } }
  | { readonly note: string }
  /** The test images, with holes (gray) and the holes (255), as bytes; and what is read of them. */
  | {
      readonly trial: { truth: Uint8Array; incomplete: Uint8Array; mask: Uint8Array }
      readonly recognition: Yardstick['limits']
    }
  /** A method, its completions of the test images, and its checkpoint if it was trained here. */
  | {
      readonly compared: Compared
      readonly completed: Uint8Array
      readonly checkpoint?: Uint8Array
    }

/** Images that are completed between two reports. */
const CHUNK = 500

/** Trains methods, or takes them as they are at hand, and measures each by the same yardstick. */
export async function* compare(job: ComparisonJob): AsyncGenerator<ComparisonReport> {
  const { masks, seed, n, checkpoints } = job
  const [train, test] = [job.train, job.test].map(revive) as [LabelledImages, LabelledImages]
  const preparing = Yardstick.prepare(train, test, { masks, seed, ...(n && { n }) })
  const yardstick = yield* reported('yardstick', 'learning to read', preparing)
  const { truth, incomplete, mask, image } = yardstick.asked
  const bytes = (x: Matrix) => Images.fromMatrix(x, image).pixels
  yield {
    trial: {
      truth: bytes(truth),
      incomplete: bytes(incomplete),
      mask: Uint8Array.from(mask.data, m => 255 * m),
    },
    recognition: yardstick.limits,
  }
  for (const name of job.methods) {
    const method = methodNamed(name)
    if (method.holes === 'patch' && masks !== 'patch') {
      yield { note: `${name} fills 6×6 patches only, and is left out` }
      continue
    }
    const trained = yield* prepare(method, yardstick, checkpoints.get(name))
    const { completer, checkpoint, chosen } = trained
    const start = performance.now()
    const asked = yield* complete(name, 'test images', completer, yardstick.asked)
    const complete10000 = ((performance.now() - start) / 1000) * (10_000 / truth.rows)
    const learnt = yield* complete(name, 'images kept aside', completer, yardstick.learnt)
    const measurement = yield* reported(name, 'asking a critic', yardstick.measure(asked, learnt))
    const seconds = { complete: complete10000, ...trained.seconds }
    yield {
      compared: { name, title: method.title, measurement, seconds, ...(chosen && { chosen }) },
      completed: bytes(asked),
      ...(checkpoint && { checkpoint }),
    }
  }
}

/** A method's completer, and what its training left behind. */
interface Prepared extends Trained {
  readonly seconds: { readonly train?: number }
  readonly checkpoint?: Uint8Array
}

/** Trains a method, unless a checkpoint of it is at hand that has learnt from the same images. */
async function* prepare(
  method: Method,
  yardstick: Yardstick,
  atHand: Uint8Array | undefined,
): AsyncGenerator<ComparisonReport, Prepared> {
  const { name, images: most = Number.POSITIVE_INFINITY } = method
  const lesson = yardstick.lesson()
  const images = most < lesson.images.count ? lesson.images.slice(0, most) : lesson.images
  if (atHand && method.checkpoint) {
    if (hasLearntFrom(method, atHand, images))
      return { completer: method.checkpoint.load(atHand), seconds: {} }
    yield { note: `The checkpoint of ${name} has learnt from other images, so it is trained anew` }
  }
  const start = performance.now()
  const trained = yield* reported(name, 'training', method.train({ ...lesson, images }))
  const seconds = { train: (performance.now() - start) / 1000 }
  const checkpoint = method.checkpoint && trained.completer.save?.()
  return { ...trained, seconds, ...(checkpoint && { checkpoint }) }
}

/** Passes on how far some work is as a live line. */
async function* reported<Result>(
  label: string,
  phase: string,
  work: AsyncGenerator<{ done: number; of: number; detail?: string }, Result>,
): AsyncGenerator<ComparisonReport, Result> {
  for (;;) {
    const { done, value } = await work.next()
    if (done) return value
    const { detail } = value
    const fraction = value.done / value.of
    yield { progress: { label, phase, fraction, ...(detail && { detail }) } }
  }
}

function* complete(
  name: string,
  which: string,
  completer: Completer,
  { incomplete, mask }: Trial,
): Generator<ComparisonReport, Matrix> {
  const completed = new Matrix(incomplete.rows, incomplete.cols)
  const count = completed.rows.toLocaleString('en')
  for (let start = 0; start < completed.rows; start += CHUNK) {
    const fraction = start / completed.rows
    yield { progress: { label: name, phase: `completing ${count} ${which}`, fraction } }
    const end = start + CHUNK
    const part = completer.complete(incomplete.slice(start, end), mask.slice(start, end))
    completed.data.set(part.data, start * completed.cols)
  }
  return completed
}

function revive({ images, labels }: PlainExamples): LabelledImages {
  const { count, height, width, pixels } = images
  return { images: new Images(count, height, width, pixels), labels }
}
