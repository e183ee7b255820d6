import type { FastifyReply, FastifyRequest } from 'fastify'
import { type TSchema, Type } from 'typebox'
import {
  CompleteAnswer,
  DensityAnswer,
  EnergyAnswer,
  ErrorAnswer,
  PredictAnswer,
  SampleAnswer,
} from '../answer-schemas.js'
import { examplesOf, type Question, type QuestionKind, type Written } from '../compute/question.js'
import type { ModelRegistry, ServedModel } from '../models/model-registry.js'
import {
  CompleteQuery,
  CompleteRequest,
  DensityRequest,
  EnergyRequest,
  PredictRequest,
  SampleRequest,
} from '../schemas.js'
import { prefersPng } from './accept.js'
import { answerBytes } from './answer-size.js'
import type { App } from './app.js'
import { Refusal } from './faults.js'
import { completePngQuestion, completeQuestion, energyQuestion } from './image-questions.js'
import { densityQuestion, predictQuestion, sampleQuestion } from './table-questions.js'

/** Asks a model, until the answer is there, its time is over, or whoever asked has gone. */
export type Ask = (model: ServedModel, question: Question, reply: FastifyReply) => Promise<Written>

/** The routes of all questions. */
export function questionRoutes(app: App, registry: ModelRegistry, ask: Ask): void {
  const answer = async (
    request: FastifyRequest,
    reply: FastifyReply,
    model: ServedModel,
    question: Question,
  ) => {
    request.asked = { model: model.card.name, examples: examplesOf(question) }
    request.place?.reserve(answerBytes(question, model.card))
    const { type, body } = await ask(model, question, reply)
    return reply.type(type).send(Buffer.from(body.buffer, body.byteOffset, body.byteLength))
  }

  // A scope of its own, as only here a PNG may be a body.
  app.register(async (scope: App) => {
    scope.addContentTypeParser('image/png', { parseAs: 'buffer' }, (_, body, done) =>
      done(null, body),
    )
    const schema = {
      ...described('complete', CompleteAnswer),
      querystring: CompleteQuery,
      body: {
        content: {
          'application/json': { schema: CompleteRequest },
          'image/png': { schema: Type.Any({ description: 'A PNG, transparent in the hole.' }) },
        },
      },
    }
    scope.post('/v1/complete', { schema }, (request, reply) => {
      const { query, headers } = request
      const body = request.body as CompleteRequest | Uint8Array | undefined
      if (body === undefined)
        throw new Refusal(400, 'LACUNA_E_REQUEST', 'the request has no body', 'Send an image.')
      const asPicture = prefersPng(headers.accept)
      if (body instanceof Uint8Array) {
        const model = registry.choose('complete', query.model, query.method)
        return answer(
          request,
          reply,
          model,
          completePngQuestion(body, query, model.card, asPicture),
        )
      }
      if (Object.keys(query).length > 0)
        throw new Refusal(
          400,
          'LACUNA_E_REQUEST',
          'the address has parameters, which go with a PNG as body',
          'In JSON they are fields of the body.',
        )
      const model = registry.choose('complete', body.model, body.method)
      return answer(request, reply, model, completeQuestion(body, model.card, asPicture))
    })
  })

  app.post('/v1/energy', asked('energy', EnergyRequest, EnergyAnswer), (request, reply) => {
    const model = registry.choose('energy', request.body.model)
    return answer(request, reply, model, energyQuestion(request.body, model.card))
  })
  app.post('/v1/density', asked('density', DensityRequest, DensityAnswer), (request, reply) => {
    const model = registry.choose('density', request.body.model)
    return answer(request, reply, model, densityQuestion(request.body, model.card))
  })
  app.post('/v1/predict', asked('predict', PredictRequest, PredictAnswer), (request, reply) => {
    const model = registry.choose('predict', request.body.model)
    return answer(request, reply, model, predictQuestion(request.body, model.card))
  })
  app.post('/v1/sample', asked('sample', SampleRequest, SampleAnswer), (request, reply) => {
    const model = registry.choose('sample', request.body.model)
    return answer(request, reply, model, sampleQuestion(request.body, model.card))
  })
}

const summaries: Readonly<Record<QuestionKind, string>> = {
  complete: 'Fill the holes of images',
  energy: 'Say how well whole images fit',
  density: 'Say how likely outputs are, by a mixture density network',
  predict: 'Say what outputs are likely',
  sample: 'Draw outputs, by a Boltzmann machine',
}

function asked<Body extends TSchema, Answer extends TSchema>(
  kind: QuestionKind,
  body: Body,
  answer: Answer,
) {
  return { schema: { ...described(kind, answer), body } }
}

function described<Answer extends TSchema>(kind: QuestionKind, answer: Answer) {
  return { summary: summaries[kind], operationId: kind, response: answered(answer) }
}

/** What a route answers with, in the OpenAPI document. */
export function answered<Answer extends TSchema>(answer: Answer) {
  return { 200: answer, '4xx': ErrorAnswer, '5xx': ErrorAnswer }
}
