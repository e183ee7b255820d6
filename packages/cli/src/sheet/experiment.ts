import { type LossName, Matrix, vis10 } from 'lacuna'
import type { Dataset } from '../datasets/dataset.js'
import { duration, type Progress } from '../progress.js'
import { architecture } from '../report/architecture.js'
import { lossAsHtml, lossAsSvg } from '../report/formula.js'
import type { EpochLoss } from '../report/loss-curve.js'
import type { Method } from '../report/metric-table.js'
import { type ReportContent, report } from '../report/report.js'
import { completionErrors, grayErrors, type HoleErrors } from './evaluation.js'
import { evaluationHoles, figureHoles } from './holes.js'
import { climbLadder, type Ladder } from './ladder.js'
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
 * run: first everything that needs no training, then the training, then the results. After them comes
 * what does better; stopped there, the run has the report of the sheet alone.
 */
export async function experiment(
  run: SheetRun,
  data: Dataset,
  progress: Progress,
  signal: AbortSignal,
): Promise<{ metrics: Metrics; methods: Method[]; ladder: Ladder }> {
  const { config } = run
  const [training, testing] = [data.train, data.test]
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
  const projected = (await showTime(progress, images.train, pca.digits)).map(
    pixels => new Matrix(ten.truth.rows, ten.truth.cols, pixels),
  )
  const strips: Uint8Array[] = []
  for (const [i, d] of dimensions.entries())
    strips.push(await picture(`pca-${d}.png`, projected[i]!))
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
  const content: ReportContent = {
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
  }
  await run.write('report.html', report(content))
  progress.print(`The sheet's own report is in ${run.path}; now follows what does better`)

  const errorsOf = (key: string) => methods.find(method => method.key === key)!.errors
  const { ladder, picture: rungs } = await climbLadder(
    [
      { name: 'gray', errors: errorsOf('gray'), digits: ten.incomplete },
      {
        name: 'pca-60',
        errors: errorsOf('pca-60'),
        digits: projected[dimensions.indexOf(60)]!,
      },
      { name: 'sheet', errors: errorsOf('generator'), digits: completion },
    ],
    ten,
    data,
    config.seed,
    progress,
    signal,
  )
  await run.write('ladder.png', rungs)
  await run.write('ladder.json', `${JSON.stringify(ladder, null, 2)}\n`)
  await run.write('report.html', report({ ...content, ladder: { ...ladder, picture: rungs } }))
  return { metrics, methods, ladder }
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
