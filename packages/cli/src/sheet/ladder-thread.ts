import { Images } from 'lacuna'
import { hasLearntFrom, holeErrors, type Lesson, methodNamed } from 'lacuna/completion'
import { complete, type PlainImages, prepare, revive, type WorkReport } from '../comparison/work.js'
import type { HoleErrors } from './evaluation.js'
import { choiceTrial, evaluationHoles, figureHoles } from './holes.js'

/** What the thread of the ladder is sent. */
export interface LadderJob {
  readonly train: PlainImages
  readonly test: PlainImages
  readonly seed: number
  /** The names of the methods, those of the sheet left out. */
  readonly methods: readonly string[]
  /** Checkpoints that are at hand, by the method's name. */
  readonly checkpoints: ReadonlyMap<string, Uint8Array>
}

/** A method's figures, and its completions of the ten digits of the figures as bytes. */
export interface Rung {
  readonly name: string
  readonly errors: HoleErrors
  readonly digits: Uint8Array
}

export type LadderReport =
  | WorkReport
  | { readonly rung: Rung }
  /** A method that would take minutes, as its checkpoint has learnt from other images. */
  | { readonly leftOut: string }

/**
 * Measures methods on the sheet's own holes. As for `lacuna compare`, they learn from all but the last
 * sixth of the training images.
 */
export async function* climb(job: LadderJob): AsyncGenerator<LadderReport> {
  const { seed } = job
  const [train, test] = [revive(job.train), revive(job.test)]
  const held = Math.ceil(train.count / 6)
  const [ten, all] = [figureHoles(test, seed), evaluationHoles(test, seed)]
  const lesson: Lesson = {
    images: train.slice(0, train.count - held),
    trial: choiceTrial(train.slice(train.count - held, train.count), seed),
    seed,
  }
  for (const name of job.methods) {
    const method = methodNamed(name)
    const atHand = job.checkpoints.get(name)
    if (method.effort === 'minutes' && !(atHand && hasLearntFrom(method, atHand, lesson.images))) {
      // Of a model that is not there at all nothing needs to be said.
      if (atHand) yield { leftOut: name }
      continue
    }
    const { completer } = yield* prepare(method, lesson, atHand)
    const completed = yield* complete(name, 'test images', completer, all)
    const digits = Images.fromMatrix(completer.complete(ten.incomplete, ten.mask), test).pixels
    yield { rung: { name, errors: holeErrors(all.truth, completed, all.mask), digits } }
  }
}
