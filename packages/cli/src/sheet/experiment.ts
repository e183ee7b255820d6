import { type LossName, type Matrix, vis10 } from 'lacuna'
import type { Dataset } from '../datasets/dataset.js'
import { duration, type Progress } from '../progress.js'
import { architecture } from '../report/architecture.js'
import { lossAsHtml, lossAsSvg } from '../report/formula.js'
import type { EpochLoss } from '../report/loss-curve.js'
import type { Method } from '../report/metric-table.js'
import { report } from '../report/report.js'
import { completionErrors, grayErrors, type HoleErrors } from './evaluation.js'
import { evaluationHoles, figureHoles } from './holes.js'
import { dimensions, startPca } from './pca.js'
import type { SheetConfig, SheetRun } from './run.js'
import { train } from './training.js'

/** What `metrics.json` holds; nothing in it differs between two equal runs. */
export type Metrics = SheetConfig & {
  readonly images: { readonly train: number; readonly test: number }
  /** Over the pixels of the holes of all test images, by how they were filled. */
  readonly holeErrors: Readonly<Record<string, HoleErrors>>
  readonly losses: readonly EpochLoss[]
}

/**
 * The sheet's programming exercise, from the incomplete digits to the report, into the folder of a
 * run: first everything that needs no training, then the training, then the results.
 */
export async function experiment(
  run: SheetRun,
  { train: training, test: testing }: Dataset,
  progress: Progress,
  signal: AbortSignal,
): Promise<{ metrics: Metrics; methods: Method[] }> {
  const { config } = run
  const images = { train: training.images.count, test: testing.images.count }
  const ten = figureHoles(testing.images, config.seed)
  const picture = async (name: string, x: Matrix) => {
    const png = await vis10(x)
    await run.write(name, png)
    return png
  }
  const original = await picture('original.png', ten.truth)
  const incomplete = await picture('incomplete.png', ten.incomplete)

  const pca = startPca(training.images, testing.images, config.seed, signal)
  const strips = await showTime(progress, images.train, pca.pictures)
  for (const [i, d] of dimensions.entries()) await run.write(`pca-${d}.png`, strips[i]!)
  progress.print(`Incomplete digits and their PCA completions are in ${run.path}`)

  const inpainter = await train(run, training.images, progress, signal)

  progress.update({
    label: 'results',
    detail: `on ${images.test.toLocaleString('en')} test images`,
  })
  const completion = inpainter.complete(ten.incomplete, ten.mask)
  await run.write('generator-incomplete.png', incomplete)
  const completed = await picture('generator-completed.png', completion)

  const all = evaluationHoles(testing.images, config.seed)
  const pcaErrors = await pca.errors
  const methods: Method[] = [
    { key: 'gray', name: 'gray, as it was', errors: grayErrors(all) },
    ...dimensions.map((d, i) => ({
      key: `pca-${d}`,
      name: `PCA, d = ${d}`,
      errors: pcaErrors[i]!,
    })),
    { key: 'generator', name: 'generator', errors: await completionErrors(inpainter, all, signal) },
  ]
  const losses = run.records.map(({ epoch, loss, meanLoss }) => ({ epoch, loss, meanLoss }))
  const metrics: Metrics = {
    ...config,
    images,
    holeErrors: Object.fromEntries(methods.map(({ key, errors }) => [key, errors])),
    losses,
  }

  const loss = config.loss as LossName
  const first = (x: Matrix) => vis10(x.slice(0, 1))
  const thumbnails = {
    truth: await first(ten.truth),
    incomplete: await first(ten.incomplete),
    contrastive: await first(completion),
  }
  const diagram = architecture(thumbnails, lossAsSvg(loss))
  // Loaded here, because it takes a while and every command would wait for it.
  const { lossCurve } = await import('../report/loss-curve.js')
  const curve = lossCurve(losses, loss === 'log' || loss === 'nll' ? Math.LN2 : undefined)
  await run.write('architecture.svg', diagram)
  await run.write('loss-curve.svg', curve)
  await run.write('metrics.json', `${JSON.stringify(metrics, null, 2)}\n`)
  await run.write(
    'report.html',
    report({
      config,
      images,
      original,
      incomplete,
      pca: dimensions.map((components, i) => ({ components, png: strips[i]! })),
      completed,
      architecture: diagram,
      lossCurve: curve,
      formula: lossAsHtml(loss),
      losses,
      methods,
    }),
  )
  progress.clear()
  return { metrics, methods }
}

/** Shows how long the principal components take; the time left is a guess from the number of images. */
async function showTime<T>(progress: Progress, images: number, work: Promise<T>): Promise<T> {
  const expected = 3000 + images / 20
  const start = performance.now()
  const show = () => {
    const spent = performance.now() - start
    progress.update({
      label: 'principal components',
      fraction: Math.min(spent / expected, 0.95),
      detail: spent < expected ? `about ${duration(expected - spent)} left` : 'any moment now',
    })
  }
  show()
  const ticker = setInterval(show, 250)
  try {
    return await work
  } finally {
    clearInterval(ticker)
    progress.clear()
  }
}
