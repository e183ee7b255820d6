import { commandLine } from '../command-line.js'
import { choiceFor } from '../datasets/dataset.js'
import type { AnswerStrip, InpainterMetrics } from '../inpainter/metrics.js'
import { recipes } from '../inpainter/recipes.js'
import { inpainterWords } from '../inpainter/run.js'
import { figures, type Method } from './metric-table.js'
import { page, text } from './page.js'

/** Everything that the report of an inpainter shows. Pictures are PNG, the curve SVG. */
export type InpainterReportContent = {
  readonly metrics: InpainterMetrics
  readonly methods: readonly Method[]
  readonly pictures: Readonly<Record<'original' | 'incomplete' | 'completed', Uint8Array>>
  readonly strips: readonly AnswerStrip[]
  readonly curve: string
}

/** The report: one HTML file that needs nothing beside it. */
export function inpainterReport(content: InpainterReportContent): string {
  const { metrics, methods, pictures, strips, curve } = content
  const { recipe, data, trainSize, steps, seed, images } = metrics
  const source = data.name === 'custom' ? 'the images of a folder' : data.name
  return page(
    `Filling gaps: the recipe “${recipe}”`,
    `<p class="lead">An inpainter: ${text(recipes[recipe]!.title)}. Data: ${text(source)}; ${count(trainSize)} training images,
${count(steps)} steps of 100 images, seed ${seed}.</p>

<h2>Ten test digits</h2>
${strip(pictures.incomplete, 'Ten digits with a gray square in each', 'Incomplete')}
${strip(pictures.completed, 'The ten digits completed', 'Completed')}
${strip(pictures.original, 'The ten true digits', 'The truth')}
${strips.length > 0 ? severalAnswers(strips) : ''}
<h2>In numbers</h2>
<p>Errors on all ${count(images.test)} test images, each with a patch of its own, over the pixels of the holes only; pixels run from
−1 (black) to 1 (white). They do not say which pictures look best: a squared error rewards caution.</p>
<div class="wide"><table class="metrics">
<thead><tr><th>filled by</th><th>MSE</th><th>PSNR</th><th>MAE</th></tr></thead>
<tbody>
${methods.map(({ name, errors }) => row(name, figures(errors))).join('\n')}
</tbody>
</table></div>
${metrics.heads ? calibration(metrics.heads) : ''}
<h2>The training</h2>
<div class="curve">${curve}</div>
<p>The squared error is that of the training images as they came by. The error of the energy network is log 2 = 0.693 where it
cannot tell what was painted from the truth, and lower where it can; a rise toward log 2 is the generator’s success.</p>

<h2>Do it again</h2>
<pre>${text(commandLine(inpainterWords(metrics, choiceFor(data.name) ?? 'FOLDER')))}</pre>
<p>The same command gives the same bits, on every machine. Data fingerprint: <code>${text(data.fingerprint)}</code>.</p>`,
  )
}

/** The answers of ten digits, rank by rank, with their probabilities. */
function severalAnswers(strips: readonly AnswerStrip[]): string {
  const ranks = ['Likeliest', 'Second', 'Third', 'Fourth', 'Fifth']
  const percents = (weights: readonly number[]) =>
    weights.map(weight => (weight > 0 ? percent(weight) : '–')).join(' · ')
  return `
<h2>Several answers</h2>
<p>Where several strokes would fit, the recipe gives several answers, each with the probability that it is the nearest
to the truth. Answers that are nearly the same count as one; those less likely than a tenth are left out.</p>
${strips.map(({ png, weights }, rank) => strip(png, `${ranks[rank]} answers`, `${ranks[rank]}: ${percents(weights)}`)).join('\n')}
`
}

/** Whether the probabilities of answers are right. */
function calibration({ bestMse, weights }: NonNullable<InpainterMetrics['heads']>): string {
  return `<p>If for each digit the best of all answers is taken, the MSE is ${bestMse.toFixed(4)}. How often an answer is said to be the
nearest to the truth, and how often it is:</p>
<div class="wide"><table class="metrics">
<thead><tr><th>weight</th><th>answers</th><th>said</th><th>found</th></tr></thead>
<tbody>
${weights.map(({ from, to, heads, said, found }) => row(`${from} to ${to}`, [count(heads), percent(said), percent(found)])).join('\n')}
</tbody>
</table></div>`
}

function row(name: string, cells: readonly string[]): string {
  return `<tr><th>${text(name)}</th>${cells.map(cell => `<td>${cell}</td>`).join('')}</tr>`
}

function strip(png: Uint8Array, description: string, caption: string): string {
  const source = `data:image/png;base64,${Buffer.from(png).toString('base64')}`
  return `<figure><img src="${source}" alt="${description}"><figcaption>${caption}</figcaption></figure>`
}

const count = (n: number) => n.toLocaleString('en')
const percent = (share: number) => `${Math.round(100 * share)} %`
