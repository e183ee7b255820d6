import { commandLine } from '../command-line.js'
import { choiceFor } from '../datasets/dataset.js'
import { type SheetConfig, sheetWords } from '../sheet/run.js'
import { type LadderContent, ladderSection } from './ladder-section.js'
import type { EpochLoss } from './loss-curve.js'
import { figures, type Method } from './metric-table.js'
import { page, text } from './page.js'

/** Everything that the report shows. Pictures are PNG, drawings SVG. */
export type ReportContent = {
  readonly config: SheetConfig
  readonly images: { readonly train: number; readonly test: number }
  readonly original: Uint8Array
  readonly incomplete: Uint8Array
  readonly pca: readonly { readonly components: number; readonly png: Uint8Array }[]
  readonly completed: Uint8Array
  readonly architecture: string
  readonly lossCurve: string
  /** The formula of the loss as HTML. */
  readonly formula: string
  readonly losses: readonly EpochLoss[]
  readonly methods: readonly Method[]
  /** Absent as long as it is not climbed. */
  readonly ladder?: LadderContent
}

/** The report: one HTML file that needs nothing beside it, in the order of the exercise sheet. */
export function report(content: ReportContent): string {
  const { config, images, losses, methods } = content
  const count = (n: number) => n.toLocaleString('en')
  const data = config.data.name === 'custom' ? 'the images of a folder' : config.data.name
  const printed = losses.filter(({ epoch }) => epoch % 10 === 0)
  return page(
    'Completing handwritten digits',
    `<p class="lead">A patch is missing from each digit. Two ways of filling it in: principal components, and a
generator that learns against an energy network. Data: ${text(data)}; ${count(config.trainSize)} training images,
${count(config.epochs)} ${config.epochs === 1 ? 'epoch' : 'epochs'}, seed ${config.seed}.</p>

<h2>The task</h2>
<p>Pixels run from −1 (black) to 1 (white). From every image <i>x</i> a square of 6×6 pixels somewhere near the
centre is removed: the mask <i>m</i> is 1 there and 0 elsewhere, and what is left is
<i>z</i> = <i>x</i> · (1 − <i>m</i>), with the hole at 0, a middle gray. These are ten test images, and the same ten
after the patch was taken. All pictures below start from these ten holes, so that they can be compared.</p>
${strip(content.original, 'Ten test digits', 'As they are')}
${strip(content.incomplete, 'The ten digits with a gray square in each', 'Incomplete: <i>z</i>')}

<h2>Principal components</h2>
<p>The ${count(images.train)} training images vary most along their first principal components. The incomplete image is
projected on the first <i>d</i> of them and back, and the hole is filled from the result:
pca<sub><i>d</i></sub>(<i>z</i>) · <i>m</i> + <i>z</i> · (1 − <i>m</i>).</p>
${content.pca.map(({ components, png }) => strip(png, `The ten digits completed with ${components} principal components`, `<i>d</i> = ${components}`)).join('\n')}
<p>With few components the gray square hardly disturbs the result, but the filling is blurry: ten directions cannot
draw a sharp stroke. With many there is room for detail, and also for the square itself: it is reproduced along with
everything else, until at <i>d</i> = 784 nothing would have changed.</p>

<h2>A generator and an energy network</h2>
<p>The generator <i>g</i> sees the incomplete image and paints a whole one, of which only the patch is used. The result,
<i>x</i>⁻ = <i>z</i> · (1 − <i>m</i>) + <i>g</i>(<i>z</i>) · <i>m</i>, is called contrastive: an answer that is wrong but plausible. The
energy network <i>E</i> gives one number to an image; it should be low for the true one and high for the contrastive one.</p>
<div class="wide">${content.architecture}</div>

<h2>The error</h2>
<p class="equation">err = mean of <i>ℓ</i> over the minibatch, &nbsp; <i>ℓ</i> = ${content.formula}, &nbsp;
<i>d</i> = <i>E</i>(<i>x</i>) − <i>E</i>(<i>x</i>⁻)</p>
<p>${config.loss === 'log' ? 'The log-loss falls as the energy network pulls the two energies apart.' : `This is the loss “${text(config.loss)}”; <i>E</i>⁺ stands for <i>E</i>(<i>x</i>) and <i>E</i>⁻ for <i>E</i>(<i>x</i>⁻), and its constants <i>m</i>, <i>β</i> and <i>M</i> are 1.`}
One gradient descent serves both networks although they want opposite things. The trick is to flip the gradient where
the patch is pasted: 2 · stop(<i>g</i>) − <i>g</i> has the value of <i>g</i> but the gradient of −<i>g</i>. So the same step that
makes the energy network better at telling the images apart makes the generator better at fooling it. And since
only the patch is pasted, only the patch carries gradient back.</p>

<h2>The training</h2>
<div class="curve">${content.lossCurve}</div>
<div class="wide"><table>
<tr><th>epoch</th>${printed.map(({ epoch }) => `<td>${epoch}</td>`).join('')}</tr>
<tr><th>err</th>${printed.map(({ loss }) => `<td>${loss.toFixed(4)}</td>`).join('')}</tr>
</table></div>
<p>${config.loss === 'log' ? 'What to look for: an energy network that cannot tell true from contrastive has <i>d</i> = 0 and the error log 2 = 0.693, so the curve starts near there. It falls while the energy network wins, and climbs back as the generator learns to fool it. A few epochs show only the fall.' : 'What to look for: the curve falls while the energy network wins, and climbs back as the generator learns to fool it.'}</p>

<h2>The completed digits</h2>
${strip(content.incomplete, 'The ten incomplete digits', 'Incomplete: <i>z</i>')}
${strip(content.completed, 'The ten digits completed by the generator', 'Completed by the generator: <i>z</i> · (1 − <i>m</i>) + <i>g</i>(<i>z</i>) · <i>m</i>')}
${strip(content.original, 'The ten true digits', 'The truth')}

<h2>In numbers</h2>
<p>Errors on all ${count(images.test)} test images, each with a patch of its own, over the pixels of the holes only.</p>
<div class="wide"><table class="metrics">
<thead><tr><th>filled by</th><th>MSE</th><th>PSNR</th><th>MAE</th></tr></thead>
<tbody>
${methods
  .map(
    ({ name, errors }) =>
      `<tr><th>${text(name)}</th>${figures(errors)
        .map(cell => `<td>${cell}</td>`)
        .join('')}</tr>`,
  )
  .join('\n')}
</tbody>
</table></div>
<dl>
<dt>MSE, mean squared error</dt><dd>The lower the better. A pixel that is right costs 0, black for white costs 4, and gray never
costs more than 1.</dd>
<dt>PSNR, peak signal-to-noise ratio</dt><dd>The same on a logarithmic scale, 10 · log<sub>10</sub>(4 / MSE): the higher the better,
3 dB for half the squared error.</dd>
<dt>MAE, mean absolute error</dt><dd>The lower the better. How far a pixel is off on average; large mistakes weigh no more than their size.</dd>
</dl>
<p>These numbers do not say which pictures look best. The squared error rewards caution: a blurred average of all
possible strokes is never far off, while a sharp stroke drawn one pixel beside the true one is punished twice, where
it is and where it should be. Gray is the most cautious answer of all. The generator is trained to look right to the
energy network, not to be near the truth: after the sheet's 100 epochs on MNIST its hole-only MSE is hardly better, or
even a little worse, than that of leaving the gray. By the mean absolute error, which forgives bold guesses more, it
does better. A few principal components win by MSE, and look worse.</p>
${content.ladder ? ladderSection(content.ladder, config) : ''}
<h2>Do it again</h2>
<pre>${text(commandLine(sheetWords(config, choiceFor(config.data.name) ?? 'FOLDER')))}</pre>
<p>The same command gives the same bits, on every machine. Data fingerprint: <code>${config.data.fingerprint}</code>.</p>`,
  )
}

function strip(png: Uint8Array, description: string, caption: string): string {
  const source = `data:image/png;base64,${Buffer.from(png).toString('base64')}`
  return `<figure><img src="${source}" alt="${description}"><figcaption>${caption}</figcaption></figure>`
}
