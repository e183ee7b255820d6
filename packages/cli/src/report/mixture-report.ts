import type { MixtureMetrics } from '../mixture/results.js'
import { csvCell } from '../tables/csv-cell.js'
import { page, text } from './page.js'

/** Everything that the report of a mixture density network shows; drawings are SVG. */
export type MixtureReportContent = {
  readonly metrics: MixtureMetrics
  readonly learningCurve: string
  /** With one input and one output. */
  readonly scan?: { readonly densityMap: string; readonly weightCurves: string }
}

/** The report: one HTML file that needs nothing beside it. */
export function mixtureReport({ metrics, learningCurve, scan }: MixtureReportContent): string {
  const { inputs, outputs, components, data, epochs, seed, best, losses } = metrics
  const count = (n: number) => n.toLocaleString('en')
  const list = (names: readonly string[]) => names.map(name => `<b>${text(name)}</b>`).join(', ')
  const judged = best.validationNll ?? best.nll
  const early = losses.length < epochs ? `, stopped after ${count(losses.length)}` : ''
  return page(
    `${outputs.join(', ')} given ${inputs.join(', ')}`,
    `<p class="lead">A mixture density network: not one answer, but how likely each answer is. Data: ${count(data.rows)} rows;
at most ${count(epochs)} ${epochs === 1 ? 'epoch' : 'epochs'}${early}; seed ${seed}.</p>
<p class="equation"><i>p</i>(<i>t</i> | <i>x</i>) = <i>Σ</i><sub><i>i</i></sub> <i>α</i><sub><i>i</i></sub>(<i>x</i>) <i>φ</i><sub><i>i</i></sub>(<i>t</i> | <i>x</i>), &nbsp; <i>i</i> = 1 … ${components}</p>
<p>Here <i>x</i> stands for ${list(inputs)} and <i>t</i> for ${list(outputs)}. A network sets the weight <i>α</i>, the centre and the width
of ${components === 1 ? 'one Gaussian' : `${components} Gaussians`} from <i>x</i>. Where a question has several answers, a mixture can keep them apart; the mean lies
between them, where perhaps no answer is.</p>
${
  scan === undefined
    ? `<p>The density can be drawn only with one input and one output. <code>lacuna predict</code> tells means, modes and
weights for any row.</p>`
    : `
<h2>The density</h2>
<div class="curve">${scan.densityMap}</div>
<p>The darker the blue, the likelier the answer. Orange dots are the modes, the places where the density is highest
nearby: where there are several above one another, there are several answers.</p>

<h2>The weights</h2>
<div class="curve">${scan.weightCurves}</div>
<p>How much of the answer each Gaussian carries; they add up to 1 everywhere. Those that never reach 0.02 are left out.</p>`
}

<h2>The training</h2>
<div class="curve">${learningCurve}</div>
<p>The error is the mean of −log <i>p</i>(<i>t</i> | <i>x</i>) in nats: the lower, the likelier the network finds what was
observed. It may be negative, for densities may be above 1. ${
      best.validationNll === null
        ? 'With so few rows, none was kept aside to judge by.'
        : 'One row in ten was kept aside; the network that did best on those was kept. Where the curves part, the network has begun to learn the rows by heart.'
    }</p>
<div class="wide"><table class="metrics">
<thead><tr><th></th><th>kept epoch</th><th>last epoch</th></tr></thead>
<tbody>
${tableRow('rows trained on', best.nll, losses.at(-1)!.nll)}
${best.validationNll === null ? '' : tableRow('rows kept aside', judged, losses.at(-1)!.validationNll!)}
</tbody>
</table></div>

<h2>Do it again</h2>
<pre>${text(commandFor(metrics))}</pre>
<p>The same command gives the same bits, on every machine. Data fingerprint: <code>${text(data.fingerprint)}</code>.</p>`,
  )
}

function tableRow(name: string, ...values: number[]): string {
  return `<tr><th>${name}</th>${values.map(value => `<td>${value.toFixed(4).replace('-', '−')}</td>`).join('')}</tr>`
}

/** The command that repeats a run. */
function commandFor(metrics: MixtureMetrics): string {
  const { inputs, outputs, components, hidden, covariance, epochs, seed } = metrics
  const columns = `--inputs ${argument(inputs)} --outputs ${argument(outputs)}`
  const network = `--components ${components} --hidden ${hidden} --covariance ${covariance}`
  return `lacuna train mixture TABLE ${columns} ${network} --epochs ${epochs} --seed ${seed}`
}

/** Names as one word of a shell, and as a line of CSV. */
function argument(names: readonly string[]): string {
  const line = names.map(csvCell).join(',')
  return /^[\w,.-]+$/.test(line) ? line : `'${line.replaceAll("'", `'\\''`)}'`
}
