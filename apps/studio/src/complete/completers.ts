import { Random } from 'lacuna'
import {
  type Completer,
  divideForQuestion,
  drawTrial,
  type Lesson,
  type Method,
  methodNamed,
} from 'lacuna/completion'
import { type DataSource, trainingImages } from '../data/digits.js'
import { download } from '../data/download.js'
import type { Context } from '../worker/calls.js'
import { readyMade } from './ready-made.js'

const loaded = new Map<string, Promise<Completer>>()

/** The completer of a method: from its ready-made checkpoint, or learnt from the data. */
export function completerOf(
  name: string,
  source: DataSource,
  context: Context,
): Promise<Completer> {
  const method = methodNamed(name)
  const key = readyMade(name) ? name : `${name} of ${source.data}`
  const completer =
    loaded.get(key) ??
    (readyMade(name) ? fetchMethod(method, source, context) : learn(method, source, context))
  loaded.set(key, completer)
  completer.catch(() => loaded.delete(key)) // to be tried again
  return completer
}

async function fetchMethod(
  { name, title, checkpoint }: Method,
  { site }: DataSource,
  context: Context,
): Promise<Completer> {
  return checkpoint!.load(await download(`${site}models/${name}.safetensors`, title, context))
}

let lesson: { data: string; given: Promise<Lesson> } | undefined

async function learn(method: Method, source: DataSource, context: Context): Promise<Completer> {
  if (lesson?.data !== source.data) {
    const given = prepareLesson(source, context)
    lesson = { data: source.data, given }
    given.catch(() => {
      lesson = undefined // to be tried again
    })
  }
  const what = `${method.title} learns`
  const training = method.train(await lesson!.given)
  for (;;) {
    const { done, value } = await training.next()
    if (done) return value.completer
    context.progress({ what, fraction: value.done / value.of })
  }
}

/** What methods learn from; those that learn here choose nothing by the trial. */
async function prepareLesson(source: DataSource, context: Context): Promise<Lesson> {
  const { learnt, chosenBy } = divideForQuestion(await trainingImages(source, context))
  return { images: learnt, trial: drawTrial(chosenBy, 'patch', new Random(1)), seed: 1 }
}
