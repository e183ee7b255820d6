import {
  type ClassificationRbm,
  type ConditionalRbm,
  type M64,
  Matrix,
  type MixtureDensityNetwork,
  Random,
} from 'lacuna'
import type { DensityAnswer, PredictAnswer, SampleAnswer } from '../answer-schemas.js'
import { type By, divided, json, refuse } from './answering.js'
import type { LoadedModel } from './loaded-model.js'
import type { Cells, Question, Written } from './question.js'

type DensityQuestion = Extract<Question, { kind: 'density' }>
type PredictQuestion = Extract<Question, { kind: 'predict' }>
type SampleQuestion = Extract<Question, { kind: 'sample' }>

/** log p(t|x) of the rows of several questions, in one pass. */
export function answerDensity(
  mixture: MixtureDensityNetwork,
  by: By,
  questions: readonly DensityQuestion[],
): Written[] {
  const [x, t] = (['inputs', 'outputs'] as const).map(part => stacked(questions.map(q => q[part])))
  const densities = mixture.predict(x!).logDensity(t!)
  return divided([...densities], questions.map(rowsOf)).map(logDensities =>
    json<DensityAnswer>({ ...by, logDensities }),
  )
}

/** What a model says of the rows of several questions; those of a Boltzmann machine come alone. */
export function answerPredict(
  { mixture, machine, classifier }: LoadedModel,
  by: By,
  questions: readonly PredictQuestion[],
): Written[] {
  const { quantiles, given } = questions[0]!
  if (quantiles && !mixture) throw refuse(`${by.model} has no quantiles, as it is no mixture`)
  if (given && !machine)
    throw refuse(`${by.model} takes no outputs as given, as it is no Boltzmann machine`)
  if (machine)
    return questions.map(question =>
      json<PredictAnswer>({ ...by, predictions: ofMachine(machine, question) }),
    )
  const x = stacked(questions.map(({ inputs }) => inputs))
  const all = mixture ? ofMixture(mixture, x, quantiles) : ofClassifier(classifier!, x)
  return divided<(typeof all)[number]>(all, questions.map(rowsOf)).map(predictions =>
    json({ ...by, predictions }),
  )
}

/** y of each row, so many times, one draw after the other from the question's own seed. */
export function answerSample(machine: ConditionalRbm, by: By, question: SampleQuestion): Written {
  const { inputs, given, samples, sweeps, seed } = question
  const [x, random] = [matrix(inputs), new Random(seed)]
  const options = {
    ...(given && { given: matrix(given) }),
    ...(sweeps !== undefined && { sweeps }),
  }
  const drawn = Array.from({ length: samples }, () => machine.sample(x, random, options))
  const rows = Array.from({ length: x.rows }, (_, i) => drawn.map(y => [...y.row(i)]))
  return json<SampleAnswer>({ ...by, seed, samples: rows })
}

function ofMixture(network: MixtureDensityNetwork, x: M64, probabilities?: readonly number[]) {
  const mixture = network.predict(x)
  const [mean, variance, modes] = [mixture.mean(), mixture.variance(), mixture.modes()]
  const quantiles = probabilities?.map(p => mixture.quantile(p))
  return modes.map((modes, i) => ({
    mean: [...mean.row(i)],
    variance: [...variance.row(i)],
    ...(quantiles && { quantiles: quantiles.map(each => each[i]!) }),
    modes: modes.map(mode => ({ ...mode, location: [...mode.location] })),
  }))
}

function ofClassifier(classifier: ClassificationRbm, x: M64) {
  const p = classifier.predict(x)
  return Array.from({ length: x.rows }, (_, i) => ({ probabilities: [...p.row(i)] }))
}

function ofMachine(machine: ConditionalRbm, { inputs, given, seed }: PredictQuestion) {
  const { marginals, exact, best, proven, logProbability } = machine.predict(matrix(inputs), {
    random: new Random(seed),
    ...(given && { given: matrix(given) }),
  })
  return exact.map((exact, i) => ({
    marginals: [...marginals.row(i)],
    exact,
    best: [...best.row(i)],
    proven: proven[i]!,
    logProbability: Number.isNaN(logProbability[i]) ? null : logProbability[i]!,
  }))
}

function matrix({ rows, cols, data }: Cells): M64 {
  return new Matrix(rows, cols, data)
}

/** Rows below one another. */
function stacked(parts: readonly Cells[]): M64 {
  const [{ cols }] = parts as [Cells]
  const rows = parts.reduce((sum, part) => sum + part.rows, 0)
  const all: M64 = new Matrix(rows, cols, new Float64Array(rows * cols))
  let at = 0
  for (const { data } of parts) {
    all.data.set(data, at)
    at += data.length
  }
  return all
}

function rowsOf({ inputs }: { readonly inputs: Cells }): number {
  return inputs.rows
}
