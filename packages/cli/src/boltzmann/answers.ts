import { type ColumnNames, type ConditionalRbm, type M64, Random } from 'lacuna'
import { bits } from '../tables/cells.js'
import type { Answers } from '../tables/predictions.js'
import { enumerable, PROMPT_BITS } from './enumerable.js'

/** Multiplications and additions before Ctrl-C is listened to: some tenths of a second. */
const WORK = 2 ** 27

/** Gibbs sweeps of a search, and of a sample, if `predict` and `sample` are not told otherwise. */
const [SEARCH, SAMPLE] = [20 * 200, 100]

/** The most different rows whose answers are remembered. */
const REMEMBERED = 10_000

/** What does not differ between two rows of the same inputs. */
type Answer = { readonly line: readonly string[]; readonly freeEnergy: number; logP: number }

/**
 * What a conditional Boltzmann machine says of a row: p(y_j = 1|x) of each output, the most probable
 * outputs and their log p, and samples, those of one output in one cell, separated by semicolons.
 * Beside them stands how good they are: `exact` if nothing was estimated, or a mean over samples; and
 * `proven` if all outputs were compared, or only searched for.
 *
 * Rows with the same inputs have the same answers, but samples of their own.
 *
 * @param samples how many are drawn for a row
 */
export function boltzmannAnswers(
  rbm: ConditionalRbm,
  columns: ColumnNames,
  samples: number,
  seed: number,
): Answers {
  const { outputs } = columns
  const [answering, sampling] = [new Random(seed, 0, 0), new Random(seed, 0, 1)]
  const known = new Map<string, Answer>()
  const answerOf = (x: M64): Answer => {
    const key = x.data.join('')
    const before = known.get(key)
    if (before) return before
    const prediction = rbm.predict(x, { random: answering })
    const { marginals, exact, best, proven, logProbability } = prediction
    const line = [
      ...[...marginals.data].map(String),
      exact[0] ? 'exact' : 'sampled',
      ...[...best.data].map(String),
      proven[0] ? 'proven' : 'searched',
      Number.isNaN(logProbability[0]) ? '' : String(logProbability[0]),
    ]
    const answer = { line, freeEnergy: rbm.freeEnergy(x, best)[0]!, logP: logProbability[0]! }
    if (known.size === REMEMBERED) known.clear()
    known.set(key, answer)
    return answer
  }
  return {
    columns,
    cells: bits,
    settings: { samples, seed },
    rows: Math.max(1, Math.min(1000, Math.floor(WORK / workOf(rbm, samples)))),
    heading: [
      ...outputs.map(name => `${name}_p`),
      'marginals',
      ...outputs.map(name => `${name}_best`),
      'best',
      'best_log_probability',
      ...(samples > 0 ? outputs.map(name => `${name}_samples`) : []),
    ],
    logLikelihood: { column: 'log_probability', mean: 'meanLogProbability' },
    answer(x, observed) {
      const answers = Array.from({ length: x.rows }, (_, i) => answerOf(x.slice(i, i + 1)))
      const drawn = Array.from({ length: samples }, () => rbm.sample(x, sampling))
      const lines = answers.map(({ line }, i) => {
        const columns =
          samples > 0 ? outputs.map((_, j) => drawn.map(y => y.row(i)[j]).join(';')) : []
        return [...line, ...columns]
      })
      if (!observed) return { lines }
      // log p(y|x) = −F(x,y) − log Z(x), and log Z(x) is known from the most probable y.
      const free = rbm.freeEnergy(x, observed)
      const logLikelihood = free.map((F, i) => answers[i]!.logP + answers[i]!.freeEnergy - F)
      return { lines, logLikelihood }
    },
  }
}

/** What the answer to a row takes, at most. */
function workOf(rbm: ConditionalRbm, samples: number): number {
  const [outputs, hidden] = [rbm.U.rows, rbm.U.cols]
  const enumerated = outputs <= PROMPT_BITS ? outputs : hidden
  const enumeration = enumerable(rbm) ? 2 ** enumerated * Math.max(outputs, hidden) : 0
  const sweeps = SAMPLE * samples + (outputs > PROMPT_BITS ? 2 * SEARCH : 0)
  return enumeration + sweeps * 2 * outputs * hidden
}
