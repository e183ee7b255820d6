import { Images, type LabelledImages, type Matrix } from 'lacuna'
import { type MaskKind, type Measurement, methodNamed, Yardstick } from 'lacuna/completion'
import { complete, type PlainImages, prepare, reported, revive, type WorkReport } from './work.js'

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
    const trained = yield* prepare(method, yardstick.lesson(), checkpoints.get(name))
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

function reviveExamples({ images, labels }: PlainExamples): LabelledImages {
  return { images: revive(images), labels }
}
