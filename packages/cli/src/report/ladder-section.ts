import type { Ladder } from '../sheet/ladder.js'
import type { SheetConfig } from '../sheet/run.js'
import { figures } from './metric-table.js'
import { text } from './page.js'

/** What the report says of the ladder. */
export type LadderContent = Ladder & {
  /** PNG, one row for each method. */
  readonly picture: Uint8Array
}

/** Of each method, why it is better than those before it, or what it costs. */
const why: Readonly<Record<string, string>> = {
  gray: 'Nothing is done: what any method has to beat.',
  mean: 'The average digit, whatever surrounds the hole.',
  nearest:
    'The hole of the most similar training digit. Its strokes are real, but need not meet those outside; and all training images have to be kept and searched.',
  'pca-60': 'Takes the gray for part of the digit, and so paints it back.',
  'conditional-pca':
    'The same covariances, fitted to the observed pixels alone, where no gray misleads it: the best answer that is linear in them, for any hole. Blurred.',
  sheet:
    'Asked for what the energy network takes for true, never for what is near the truth: strokes, often the wrong ones.',
  supervised:
    'A generator that sees a window centred on the hole, and learns the squared error alone: least MSE, and gray wherever two strokes would fit.',
  window:
    'The same with an energy network to deceive as well: a little more MSE buys sharp strokes, and the least MAE.',
  heads:
    'Five answers, each with its probability; the likeliest is shown. Alone it is not the best answer: its use is in the others.',
  any: 'Conditional PCA, corrected by a network that sees the mask: holes of any shape. In this patch it is less exact than a generator made for it.',
}

/** The section of the report on what does better than the sheet, and why. */
export function ladderSection(
  { methods, leftOut, picture }: LadderContent,
  { data }: SheetConfig,
): string {
  const source = `data:image/png;base64,${Buffer.from(picture).toString('base64')}`
  const rows = methods.map(
    ({ name, title, ...errors }) =>
      `<tr><th>${text(title)}<p>${text(why[name]!)}</p></th>${figures(errors)
        .map(cell => `<td>${cell}</td>`)
        .join('')}</tr>`,
  )
  return `
<h2>What does better, and why</h2>
<p>The sheet’s recipe is a lesson, not the best way to fill a gap. Below, the ten digits and their holes once more, filled
from plain to strong.${data.name === 'MNIST' ? ' Those that take minutes to train come with Lacuna; they have learnt from the first 50,000 training images.' : ''}</p>
<figure class="ladder"><img src="${source}" alt="The ten true digits, the incomplete ones, and a row of completions for each method"></figure>
${leftOut.length > 0 ? `<p>${text(leftOut.join(', '))} are not here: the ready-made models have learnt from MNIST, and these are other images. To train one on them: <code>${text(`lacuna train inpainter --data ${data.name === 'strokes' ? 'strokes' : 'FOLDER'}`)}</code></p>` : ''}
<p>Errors in the same holes of all test images as above.</p>
<div class="wide"><table class="metrics ladder">
<thead><tr><th>filled by</th><th>MSE</th><th>PSNR</th><th>MAE</th></tr></thead>
<tbody>
${rows.join('\n')}
</tbody>
</table></div>
<p>No error says whether strokes look real. <code>lacuna compare</code> measures that too: whether a classifier still reads
the digits, and how well a critic tells them from true ones.</p>
`
}
