import { Images, type LabelledImages, LacunaError, type Matrix } from 'lacuna'
import {
  type Lesson,
  type MaskKind,
  type Measurement,
  type Method,
  methodNamed,
  Yardstick,
} from 'lacuna/completion'
import {
  complete,
  type PlainImages,
  type Prepared,
  prepare,
  reported,
  revive,
  type WorkReport,
} from './work.js'

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

type PlainExamples = { readonly images: PlainImages; readonly labels: Uint8Array }

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
  | WorkReport
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

/** Trains methods, or takes them as they are at hand, and measures each by the same yardstick. */
export async function* compare(job: ComparisonJob): AsyncGenerator<ComparisonReport> {
  const { masks, seed, n, checkpoints } = job
  const [train, test] = [job.train, job.test].map(reviveExamples) as [
    LabelledImages,
    LabelledImages,
  ]
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
    const trained = yield* preparedOrLeftOut(method, yardstick.lesson(), checkpoints.get(name))
    if (!trained) continue
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

/** Codes of a method that cannot do with images of this size, or with so few of them. */
const UNFIT = ['LACUNA_E_SHAPE', 'LACUNA_E_OPTION', 'LACUNA_E_RANGE']

/** Prepares a method; one that cannot do with these images is left out, with a note. */
async function* preparedOrLeftOut(
  method: Method,
  lesson: Lesson,
  checkpoint: Uint8Array | undefined,
): AsyncGenerator<WorkReport, Prepared | undefined> {
  try {
    return yield* prepare(method, lesson, checkpoint)
  } catch (error) {
    if (!(error instanceof LacunaError) || !UNFIT.includes(error.code)) throw error
    const { height, width } = lesson.images
    const why = error.message.slice(error.code.length + 2)
    yield {
      note: `${method.name} is left out, as it cannot do with these images of ${width}×${height}: ${why}`,
    }
    return undefined
  }
}

function reviveExamples({ images, labels }: PlainExamples): LabelledImages {
  return { images: revive(images), labels }
}
