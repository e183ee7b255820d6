import { LacunaError } from 'lacuna'
import type { ModelCard } from '../answer-schemas.js'
import type { Cells, Question } from '../compute/question.js'
import { type DensityRequest, type PredictRequest, type SampleRequest, SEED } from '../schemas.js'

/**
 * The question of a request for densities.
 * @throws LACUNA_E_SHAPE if rows are not as long as the model's inputs and outputs, or not as many
 */
export function densityQuestion({ inputs, outputs }: DensityRequest, card: ModelCard): Question {
  const x = cellsOf('inputs', inputs, card.inputs!)
  const t = cellsOf('outputs', outputs, card.outputs!, x.rows)
  return { kind: 'density', inputs: x, outputs: t }
}

/** The question of a request for predictions; errors as above. */
export function predictQuestion(request: PredictRequest, card: ModelCard): Question {
  const { inputs, quantiles, given, seed = SEED } = request
  const x = cellsOf('inputs', inputs, card.inputs!)
  return {
    kind: 'predict',
    inputs: x,
    ...(quantiles && { quantiles }),
    ...(given && { given: givenOf(given, card, x.rows) }),
    seed,
  }
}

/** The question of a request for samples; errors as above. */
export function sampleQuestion(request: SampleRequest, card: ModelCard): Question {
  const { inputs, given, samples, sweeps, seed = SEED } = request
  const x = cellsOf('inputs', inputs, card.inputs!)
  return {
    kind: 'sample',
    inputs: x,
    ...(given && { given: givenOf(given, card, x.rows) }),
    samples,
    ...(sweeps !== undefined && { sweeps }),
    seed,
  }
}

/** What is known of the outputs, NaN where nothing is, as the library takes it. */
function givenOf(given: readonly (0 | 1 | null)[][], { outputs }: ModelCard, rows: number): Cells {
  const numbers = given.map(row => row.map(value => value ?? Number.NaN))
  return cellsOf('given', numbers, outputs!, rows)
}

function cellsOf(
  name: string,
  sent: readonly (readonly number[])[],
  cols: number,
  rows = sent.length,
): Cells {
  const wrong = sent.findIndex(row => row.length !== cols)
  if (sent.length !== rows || wrong >= 0)
    throw new LacunaError(
      'LACUNA_E_SHAPE',
      wrong >= 0
        ? `row ${wrong} of ${name} has ${sent[wrong]!.length} numbers, not ${cols}`
        : `${name} has ${sent.length} rows, not ${rows}`,
      'Send rows of one length, as many of each as GET /v1/models says that the model takes.',
    )
  const data = new Float64Array(rows * cols)
  for (const [i, row] of sent.entries()) data.set(row, i * cols)
  return { rows, cols, data }
}
