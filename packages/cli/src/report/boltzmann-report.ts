import type { FrequentInput } from '../boltzmann/frequent-inputs.js'
import type { BoltzmannMetrics } from '../boltzmann/metrics.js'
import { boltzmannWords } from '../boltzmann/run.js'
import { commandLine } from '../command-line.js'
import { page, text } from './page.js'

/** Everything that the report of a conditional Boltzmann machine shows; drawings are SVG. */
export type BoltzmannReportContent = {
  readonly metrics: BoltzmannMetrics
  readonly weights: string
  /** By the name of the figure that they show. */
  readonly curves: ReadonlyMap<string, string>
  /** Empty where there are many outputs. */
  readonly frequent: readonly FrequentInput[]
}

/** How each method is told of. */
const METHODS = {
  exact: 'the exact gradient, summed over all states of the smaller layer',
  pcd: 'persistent contrastive divergence',
  cd: 'contrastive divergence',
} as const

/** What each curve says. */
const EXPLANATIONS = {
  nll: 'The error that is minimised: the mean of −log <i>p</i> of the rows trained on, as they came by.',
  pseudoLogLikelihood:
    'How well each bit follows from all the others: the sum of log <i>p</i>(<i>y</i><sub><i>j</i></sub> | the rest). It grows as the machine fits, and needs no sum over states.',
  freeEnergyGap:
    'The free energy of rows kept aside less that of rows trained on. Near 0 both are equally probable; where it grows, the machine begins to learn the rows by heart.',
  reconstructionError:
    'How far a row is, squared and bit by bit, from what the hidden units that it switches on give back. Easy to watch, but not what is minimised.',
} as const

/** The report: one HTML file that needs nothing beside it. */
export function boltzmannReport(content: BoltzmannReportContent): string {
  const { metrics, weights, curves } = content
  const { inputs, outputs, hidden, method, sweeps, data, epochs, seed } = metrics
  const count = (n: number) => n.toLocaleString('en')
  const list = (names: readonly string[]) =>
    names.length > 20
      ? `${names.length} columns`
      : names.map(name => `<b>${text(name)}</b>`).join(', ')
  const title = (names: readonly string[]) =>
    names.length > 6 ? `${names.length} columns` : names.join(', ')
  const conditional = inputs.length > 0
  const given = conditional ? ' | <i>x</i>' : ''
  return page(
    `${title(outputs)}${conditional ? ` given ${title(inputs)}` : ''}`,
    `<p class="lead">A ${conditional ? 'conditional ' : ''}restricted Boltzmann machine: yes-or-no columns that depend on one another. Data: ${count(data.rows)} rows;
${count(epochs)} ${epochs === 1 ? 'epoch' : 'epochs'}; ${count(hidden)} hidden ${hidden === 1 ? 'unit' : 'units'}; seed ${seed}.</p>
<p class="equation"><i>p</i>(<i>y</i>${given}) = <i>Σ</i><sub><i>h</i></sub> exp(${conditional ? '<i>x</i>ᵀ<i>Wh</i> + ' : ''}<i>y</i>ᵀ<i>Uh</i> + <i>b</i>ᵀ<i>y</i> + <i>q</i>ᵀ<i>h</i>) / <i>Z</i>${conditional ? '(<i>x</i>)' : ''}</p>
<p>Here ${conditional ? `<i>x</i> stands for ${list(inputs)} and ` : ''}<i>y</i> for ${list(outputs)}; <i>h</i> are bits that no one sees. Without them
the outputs would be independent; through them an output makes another more or less probable.</p>

${judgement(metrics)}
${probabilities(content)}
<h2>The weights</h2>
<div class="wide">${weights}</div>
<p>Each numbered column is the filter of one hidden unit: which ${conditional ? 'inputs (above) and outputs (below)' : 'outputs'} switch it on
(blue) or off (orange), and are switched by it. Columns that look alike say the same thing twice; pale ones say little.</p>

<h2>The training</h2>
<p>By ${METHODS[method]}${method === 'exact' ? '' : `, ${sweeps} Gibbs ${sweeps === 1 ? 'sweep' : 'sweeps'} a step`}.</p>
${[...curves]
  .map(
    ([name, curve]) =>
      `<div class="curve">${curve}</div>\n<p>${EXPLANATIONS[name as keyof typeof EXPLANATIONS]}</p>`,
  )
  .join('\n')}

<h2>Do it again</h2>
<pre>${text(commandLine(boltzmannWords(metrics, 'TABLE')))}</pre>
<p>The same command gives the same bits, on every machine. Data fingerprint: <code>${text(data.fingerprint)}</code>.</p>`,
  )
}

/** What the rows kept aside say of the machine. */
function judgement({ judgement, data }: BoltzmannMetrics): string {
  if (!judgement)
    return `<h2>Can it be believed?</h2>
<p>Both layers are too large for the sum in <i>Z</i>, so that log <i>p</i> cannot be had exactly; the pseudo-likelihood
below has to do.</p>
`
  const { rows, nll, independentNll, exactMatch, bitsRight } = judgement
  const row = (name: string, value: string) => `<tr><th>${name}</th><td>${value}</td></tr>`
  return `<h2>Can it be believed?</h2>
<p>Judged on ${rows.toLocaleString('en')} ${data.rows < 10 ? 'of the rows it was trained on, as with fewer than 10 none is kept aside' : 'rows kept aside'}. The error is the mean of
−log <i>p</i> of all outputs of a row, in nats and exactly: the lower the better.</p>
<div class="wide"><table class="metrics">
<tbody>
${row('error of the machine', nll.toFixed(4))}
${row('error if every output stood for itself, whatever the inputs', independentNll.toFixed(4))}
${exactMatch === undefined ? '' : row('rows whose outputs, all of them, are the most probable ones', percent(exactMatch))}
${row('outputs that are more probable than not', percent(bitsRight))}
</tbody>
</table></div>
`
}

/** p(y|x) for the inputs that are frequent. */
function probabilities({ metrics, frequent }: BoltzmannReportContent): string {
  if (frequent.length === 0)
    return '<p><code>lacuna predict</code> tells the probability of each output, the most probable row and samples for any inputs.</p>\n'
  const { inputs, outputs } = metrics
  const heading = outputs.map(name => `<th>${text(name)}</th>`).join('')
  const tables = frequent.map(({ x, rows, outputs }) => {
    const of = inputs.map((name, i) => `${text(name)} = ${x[i]}`).join(', ')
    const lines = outputs.map(
      ({ y, p, share }) =>
        `<tr>${y.map(bit => `<td>${bit}</td>`).join('')}<td>${percent(p)}</td><td>${percent(share)}</td></tr>`,
    )
    return `<p>${of === '' ? 'All' : `${of}:`} ${rows.toLocaleString('en')} rows</p>
<div class="wide"><table class="probabilities">
<thead><tr>${heading}<th>machine</th><th>rows</th></tr></thead>
<tbody>
${lines.join('\n')}
</tbody>
</table></div>`
  })
  return `<h2>Probabilities</h2>
<p>The most probable outputs${inputs.length > 0 ? ' for the most frequent inputs' : ''}: how probable the machine finds them, and how many of the rows of the table have them.</p>
${tables.join('\n')}
`
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`
}
