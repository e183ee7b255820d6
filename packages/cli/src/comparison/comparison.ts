import { Images, type LabelledImages, LacunaError, type Matrix, Random } from 'lacuna'
import {
  drawMasks,
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
  /** The names of the methods, and of those that must not be left out, whatever the images. */
  readonly methods: readonly string[]
  readonly named: readonly string[]
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

/**
 * Trains methods, or takes them as they are at hand, and measures each by the same yardstick.
 * @throws LACUNA_E_OPTION if one that was named cannot do with these images or holes
 */
export async function* compare(job: ComparisonJob): AsyncGenerator<ComparisonReport> {
  const { masks, seed, n, named, checkpoints } = job
  const [train, test] = [job.train, job.test].map(reviveExamples) as [
    LabelledImages,
    LabelledImages,
  ]
  const fitting = job.methods.map(methodNamed).filter(fillsHoles(masks, test.images))
  for (const name of job.methods) {
    if (fitting.some(method => method.name === name)) continue
    if (named.includes(name)) throw unfit(name, 'it fills patches of 6×6 pixels only')
    yield { note: `${name} fills 6×6 patches only, and is left out` }
  }
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
  for (const method of fitting) {
    const { name } = method
    const trained = yield* preparedOrLeftOut(method, yardstick.lesson(), checkpoints.get(name))
    if ('unfit' in trained) {
      if (named.includes(name)) throw unfit(name, trained.unfit)
      yield { note: `${name} is left out, as it cannot do with these images: ${trained.unfit}` }
      continue
    }
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

/** Prepares a method, or says why it cannot do with these images. */
async function* preparedOrLeftOut(
  method: Method,
  lesson: Lesson,
  checkpoint: Uint8Array | undefined,
): AsyncGenerator<WorkReport, Prepared | { unfit: string }> {
  try {
    return yield* prepare(method, lesson, checkpoint)
  } catch (error) {
    if (!(error instanceof LacunaError) || !UNFIT.includes(error.code)) throw error
    return { unfit: error.message.slice(error.code.length + 2) }
  }
}

function unfit(name: string, why: string): LacunaError {
  return new LacunaError(
    'LACUNA_E_OPTION',
    `${name} cannot do with these images: ${why}`,
    'Leave it out of --methods, or choose other data or other --masks.',
  )
}

/** The side of the holes of methods that fill patches only. */
const PATCH = 6

/** Whether a method fills holes of this kind; the patch is smaller in images that are. */
function fillsHoles(masks: MaskKind, images: Images): (method: Method) => boolean {
  const hole = drawMasks(masks, 1, images, new Random(0)).data
  const isPatch =
    masks === 'patch' &&
    hole.reduce((sum, m) => sum + m, 0) === PATCH * PATCH &&
    hole.lastIndexOf(1) - hole.indexOf(1) === (PATCH - 1) * (images.width + 1)
  return ({ holes }) => holes === 'any' || isPatch
}

function reviveExamples({ images, labels }: PlainExamples): LabelledImages {
  return { images: revive(images), labels }
}
