import { Matrix, vis10, type WeightedAnswers } from 'lacuna'
import type { Dataset } from '../datasets/dataset.js'
import type { Progress } from '../progress.js'
import { inpainterReport } from '../report/inpainter-report.js'
import { type Method, metricTable } from '../report/metric-table.js'
import { completionErrors, grayErrors } from '../sheet/evaluation.js'
import { evaluationHoles, figureHoles } from '../sheet/holes.js'
import { judgeHeads } from './heads-judgement.js'
import type { AnswerStrip, InpainterMetrics } from './metrics.js'
import type { Inpainter } from './recipes.js'
import type { InpainterRun } from './run.js'

/** Answers for one digit that are shown. */
const MOST_ANSWERS = 5

/** Writes the results of a trained run, and its report, into its folder. */
export async function inpainterResults(
  run: InpainterRun,
  inpainter: Inpainter,
  { train, test }: Dataset,
  progress: Progress,
  signal: AbortSignal,
): Promise<{ metrics: InpainterMetrics; lines: string[] }> {
  const { config } = run
  progress.update({
    label: 'results',
    detail: `on ${test.images.count.toLocaleString('en')} images`,
  })
  const ten = figureHoles(test.images, config.seed)
  const { height, width } = test.images
  const picture = async (name: string, x: Matrix) => {
    const png = await vis10(x, { height, width })
    await run.write(name, png)
    return png
  }
  const pictures = {
    original: await picture('original.png', ten.truth),
    incomplete: await picture('incomplete.png', ten.incomplete),
    completed: await picture('completed.png', inpainter.complete(ten.incomplete, ten.mask)),
  }
  const strips: AnswerStrip[] = []
  const answers = inpainter.several?.completions(ten.incomplete, ten.mask, MOST_ANSWERS) ?? []
  for (const { images, weights } of byRank(answers, ten.incomplete)) {
    const png = await picture(`answers-${strips.length + 1}.png`, images)
    strips.push({ png, weights })
  }

  const all = evaluationHoles(test.images, config.seed)
  const { recipe } = config
  const methods: Method[] = [
    { key: 'gray', name: 'gray, as it was', errors: grayErrors(all) },
    { key: recipe, name: recipe, errors: await completionErrors(inpainter, all, signal) },
  ]
  const { several } = inpainter
  const heads = several && (await judgeHeads(several, all, signal))
  const training = run.records.map(({ epoch: _, state: __, ...part }) => part)
  const metrics: InpainterMetrics = {
    ...config,
    images: { train: train.images.count, test: test.images.count },
    holeErrors: Object.fromEntries(methods.map(({ key, errors }) => [key, errors])),
    ...(heads && { heads }),
    training,
  }
  // Loaded here, because it takes a while and every command would wait for it.
  const { trainingCurve } = await import('../report/training-curve.js')
  const curve = trainingCurve(training)
  await run.write('training-curve.svg', curve)
  await run.write('metrics.json', `${JSON.stringify(metrics, null, 2)}\n`)
  await run.write('report.html', inpainterReport({ metrics, methods, pictures, strips, curve }))
  progress.clear()
  const lines = [
    `\nErrors in the holes of ${test.images.count.toLocaleString('en')} test images`,
    ...metricTable(methods),
  ]
  if (heads) lines.push(`Best of the answers: MSE ${heads.bestMse.toFixed(4)}`)
  return { metrics, lines }
}

/** For each rank the images with the answer of that rank, as long as any image has one. */
function byRank(answers: readonly WeightedAnswers[], incomplete: Matrix) {
  const ranks = Math.max(0, ...answers.map(({ scores }) => scores.length))
  return Array.from({ length: ranks }, (_, rank) => {
    const images = new Matrix(incomplete.rows, incomplete.cols, incomplete.data.slice())
    for (const [i, { completed, scores }] of answers.entries())
      if (rank < scores.length) images.row(i).set(completed.row(rank))
    return { images, weights: answers.map(({ scores }) => scores[rank] ?? 0) }
  })
}
