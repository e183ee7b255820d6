import type { Worker } from '#worker'
import { iterate } from '../compute/background.js'
import { sendBytes } from '../compute/shared-bytes.js'
import { threadsFor } from '../compute/threads.js'
import type { Images } from '../data/images.js'
import { modelOf } from './training-state.js'

/** A model that learns from images in a worker. */
export interface Learner {
  /** Its checkpoint. */
  save(): Uint8Array
  /** @throws LACUNA_E_RESUME if a checkpoint is not of this model */
  requireOwn(checkpoint: Uint8Array): void
  /** Is to become what this state has, at the latest when it is next asked something. */
  reach(state: Uint8Array): void
}

/** What trainings with states to resume from have in common. */
interface Options {
  readonly steps?: number
  readonly resume?: Uint8Array
  readonly threads?: number
  readonly signal?: AbortSignal
}

/**
 * Trains a model in a worker, whose reports it passes on; the model reaches each state that comes with
 * one. A state to resume from counts once the worker has found it to be of this run.
 * @param start starts the worker; called by whoever has its URL, where bundlers look for it
 */
export async function* trainOnImages<Progress extends { readonly state?: Uint8Array }>(
  learner: Learner,
  start: () => InstanceType<typeof Worker>,
  images: Images,
  options: Options,
): AsyncGenerator<Progress, void, undefined> {
  const { signal, threads, ...plain } = options
  const resumed = plain.resume && modelOf(plain.resume)
  if (resumed) learner.requireOwn(resumed)
  const { bytes: pixels, transfer } = await sendBytes(images.pixels)
  const job = {
    checkpoint: resumed ?? learner.save(),
    images: { ...images, pixels },
    options: { ...plain, threads: threadsFor(threads) },
  }
  let state = plain.resume
  for await (const progress of iterate<Progress>(start(), job, signal, transfer)) {
    state = progress.state ?? state
    if (state) learner.reach(state)
    state = undefined
    yield progress
  }
  if (state) learner.reach(state)
}
