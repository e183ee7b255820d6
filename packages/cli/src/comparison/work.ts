import { Images, Matrix } from 'lacuna'
import {
  type Completer,
  hasLearntFrom,
  type Lesson,
  type Method,
  type Trained,
  type Trial,
} from 'lacuna/completion'

/** Images lose their methods on the way to a thread. */
export type PlainImages = Pick<Images, 'count' | 'height' | 'width' | 'pixels'>

/** The images again. */
export function revive({ count, height, width, pixels }: PlainImages): Images {
  return new Images(count, height, width, pixels)
}

/** How far a thread is, for the live line, and what a user should know of it. */
export type WorkReport =
  | { readonly progress: { label: string; phase: string; fraction: number; detail?: string } }
  | { readonly note: string }

/** A method's completer, and what its training left behind. */
export interface Prepared extends Trained {
  readonly seconds: { readonly train?: number }
  readonly checkpoint?: Uint8Array
}

/** Images that are completed between two reports. */
const CHUNK = 500

/** Those of some images that a method learns from. */
export function lessonOf({ images: most }: Method, images: Images): Images {
  return most !== undefined && most < images.count ? images.slice(0, most) : images
}

/** Trains a method, unless a checkpoint of it is at hand that has learnt from the same images. */
export async function* prepare(
  method: Method,
  lesson: Lesson,
  atHand: Uint8Array | undefined,
): AsyncGenerator<WorkReport, Prepared> {
  const { name } = method
  const images = lessonOf(method, lesson.images)
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
export async function* reported<Result>(
  label: string,
  phase: string,
  work: AsyncGenerator<{ done: number; of: number; detail?: string }, Result>,
): AsyncGenerator<WorkReport, Result> {
  for (;;) {
    const { done, value } = await work.next()
    if (done) return value
    const { detail } = value
    const fraction = value.done / value.of
    yield { progress: { label, phase, fraction, ...(detail && { detail }) } }
  }
}

/** Completes the images of a trial, some at a time. */
export function* complete(
  name: string,
  which: string,
  completer: Completer,
  { incomplete, mask }: Pick<Trial, 'incomplete' | 'mask'>,
): Generator<WorkReport, Matrix> {
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
