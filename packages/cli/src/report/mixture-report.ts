import { commandLine } from '../command-line.js'
import type { MixtureMetrics } from '../mixture/metrics.js'
import { mixtureWords } from '../mixture/run.js'
import { page, text } from './page.js'

/** Everything that the report of a mixture density network shows; drawings are SVG. */
export type MixtureReportContent = {
  readonly metrics: MixtureMetrics
  readonly learningCurve: string
  /** With one output. */
  readonly transformHistogram?: string
  /** With one input and one output. */
  readonly scan?: { readonly densityMap: string; readonly weightCurves: string }
}

/** The report: one HTML file that needs nothing beside it. */
export function mixtureReport(content: MixtureReportContent): string {
  const { metrics, learningCurve, scan } = content
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
<p>The stronger the blue, the likelier the answer. Orange dots are the modes, the places where the density is highest
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
        : `One row in ten was kept aside; the network that did best on those was kept, in <code>checkpoint.safetensors</code>${best.epoch < losses.length - 1 ? ', and the last in <code>checkpoint-last.safetensors</code>' : ''}. Where the curves part, the network has begun to learn the rows by heart.`
    }</p>
<div class="wide"><table class="metrics">
<thead><tr><th></th><th>kept epoch</th><th>last epoch</th></tr></thead>
<tbody>
${tableRow('rows trained on', best.nll, losses.at(-1)!.nll)}
${best.validationNll === null ? '' : tableRow('rows kept aside', judged, losses.at(-1)!.validationNll!)}
</tbody>
</table></div>

${judgement(content)}
<h2>Do it again</h2>
<pre>${text(commandLine(mixtureWords(metrics, 'TABLE')))}</pre>
<p>The same command gives the same bits, on every machine. Data fingerprint: <code>${text(data.fingerprint)}</code>.</p>`,
  )
}

/** What the rows kept aside say of the network. */
function judgement({ metrics, transformHistogram }: MixtureReportContent): string {
  const { rows, nll, gaussianNll, oneComponentNll, dead, weightAtFloor, calibration } =
    metrics.judgement
  const where =
    metrics.best.validationNll === null ? 'the rows it was trained on' : 'rows kept aside'
  const percent = (share: number) => `${(100 * share).toFixed(1)} %`
  return `<h2>Can it be believed?</h2>
<p>Judged on ${rows.toLocaleString('en')} ${where}.</p>
<div class="wide"><table class="metrics">
<tbody>
${tableRow('error of the network', nll)}
${oneComponentNll === undefined ? '' : tableRow('error of a network with one Gaussian, trained in the same way', oneComponentNll)}
${tableRow('error of one Gaussian that does not look at the inputs', gaussianNll)}
<tr><th>components never used</th><td>${dead.length === 0 ? 'none' : dead.join(', ')}</td></tr>
<tr><th>weight on components of the least width</th><td>${percent(weightAtFloor)}</td></tr>
${
  calibration === undefined
    ? ''
    : `${calibration.coverage
        .map(
          ({ level, share }) =>
            `<tr><th>outcomes in the central ${100 * level} % interval</th><td>${percent(share)}</td></tr>`,
        )
        .join('\n')}
${tableRow('CRPS, in the units of the output', calibration.crps)}`
}
</tbody>
</table></div>
${
  transformHistogram === undefined
    ? ''
    : `<div class="curve">${transformHistogram}</div>
<p><i>F</i>(<i>t</i> | <i>x</i>) is the probability that the network gave to an outcome below the one that came. If the densities are right,
all values are equally frequent (dashed). A U means that they are too narrow, a hill that they are too wide, a slope
that they lie to one side. The CRPS, continuous ranked probability score, is the lower the better; for a single
sure answer it is the absolute error.</p>`
}
`
}

function tableRow(name: string, ...values: number[]): string {
  return `<tr><th>${name}</th>${values.map(value => `<td>${value.toFixed(4).replace('-', '−')}</td>`).join('')}</tr>`
}
