import { parentPort } from 'node:worker_threads'
import { LacunaError } from 'lacuna'
import type { By } from './answering.js'
import { answerComplete, answerEnergy } from './image-answers.js'
import { type About, type LoadedModel, loadModel } from './loaded-model.js'
import type { Answer, Fault, Question, Written } from './question.js'
import { answerDensity, answerPredict, answerSample } from './table-answers.js'

/** What a model is loaded from, and how it signs its answers. */
export interface Checkpoint {
  readonly by: By
  readonly bytes: Uint8Array
}

/** What the thread is told. Each `load` and `ask` is answered by one report, in their order. */
export type Order =
  | { readonly load: string; readonly checkpoint: Checkpoint }
  | { readonly ask: string; readonly questions: readonly Question[] }
  | { readonly forget: string }

/** What it reports. */
export type Report =
  | { readonly about: About }
  | { readonly fault: Fault }
  | { readonly answers: readonly Answer[]; readonly seconds: number }

const models = new Map<string, { readonly by: By; readonly model: LoadedModel }>()

// One order after the other: an answer may wait for a picture to be inflated.
let last = Promise.resolve()
parentPort!.on('message', (order: Order) => {
  last = last.then(() => obey(order))
})

async function obey(order: Order): Promise<void> {
  if ('forget' in order) models.delete(order.forget)
  else if ('load' in order) report(load(order.load, order.checkpoint))
  else {
    const start = performance.now()
    const answers = await answerAll(order.ask, order.questions)
    report({ answers, seconds: (performance.now() - start) / 1000 })
  }
}

function report(message: Report): void {
  const bodies = 'answers' in message ? message.answers.flatMap(a => ('body' in a ? [a] : [])) : []
  parentPort!.postMessage(
    message,
    bodies.map(({ body }) => body.buffer as ArrayBuffer),
  )
}

function load(key: string, { by, bytes }: Checkpoint): Report {
  try {
    const model = loadModel(bytes)
    models.set(key, { by, model })
    return { about: model.about }
  } catch (error) {
    return { fault: faultOf(error) }
  }
}

/** Answers questions in one pass. If one of them spoils it, each is answered alone. */
async function answerAll(key: string, questions: readonly Question[]): Promise<Answer[]> {
  try {
    const { model, by } = models.get(key)!
    return await answer(model, by, questions)
  } catch (error) {
    if (questions.length === 1) return [{ fault: faultOf(error) }]
    const answers: Answer[] = []
    for (const question of questions) answers.push(...(await answerAll(key, [question])))
    return answers
  }
}

/** The answers to questions of one kind, which the model says that it answers. */
async function answer(
  model: LoadedModel,
  by: By,
  questions: readonly Question[],
): Promise<Written[]> {
  const [{ kind }] = questions as [Question]
  const own = <K extends Question['kind']>(_: K) =>
    questions as readonly Extract<Question, { kind: K }>[]
  switch (kind) {
    case 'complete':
      return answerComplete(model.images!, by, own(kind))
    case 'energy':
      return answerEnergy(model.images!, by, own(kind))
    case 'density':
      return answerDensity(model.mixture!, by, own(kind))
    case 'predict':
      return answerPredict(model, by, own(kind))
    case 'sample':
      return own(kind).map(question => answerSample(model.machine!, by, question))
  }
}

function faultOf(error: unknown): Fault {
  if (error instanceof LacunaError) {
    const { code, message, hint } = error
    return { code, message: message.slice(code.length + 2), hint }
  }
  return {
    code: 'LACUNA_E_INTERNAL',
    message: 'this should not have happened',
    hint: 'The log says more, under the request id. Please report it.',
    stack: String((error as Error)?.stack ?? error),
  }
}
