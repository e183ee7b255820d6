import type { KnownRun } from '../runs/known-run.js'
import { summaryOf } from '../runs/run-summary.js'
import { page, text } from './page.js'
import { lineSample, runCurves } from './run-curves.js'

/**
 * Runs beside one another: the course of each, in one picture with those that it can be compared with,
 * and a table. One HTML file that needs nothing beside it.
 * @param folder where they lie
 * @param damaged why some cannot be read
 */
export function runsReport(
  folder: string,
  runs: readonly KnownRun[],
  damaged: readonly string[],
): string {
  const groups = new Map<string, KnownRun[]>()
  for (const run of runs) {
    const key = comparableBy(run)
    groups.set(key, [...(groups.get(key) ?? []), run])
  }
  const sections = [...groups.values()].map(section)
  const notes = damaged.map(why => `<p>Cannot be read: ${text(why)}</p>`)
  const count = `${runs.length} ${runs.length === 1 ? 'run' : 'runs'}`
  return page(
    'Runs',
    `<p class="lead">${count} in <code>${text(folder)}</code>; in one picture are those that have learnt the same thing from the same data.</p>
${[...sections, ...notes].join('\n')}

<h2>Do it again</h2>
<pre>lacuna replay RUN</pre>
<p>trains a run once more and checks that every bit agrees; <code>lacuna inspect RUN/checkpoint.safetensors</code> says which command made it.</p>`,
  )
}

/** What is the same in runs whose figures can be compared. */
function comparableBy({ family, folder: { config } }: KnownRun): string {
  const { fingerprint } = config.data
  return JSON.stringify([family.name, family.figure(config), family.subject(config), fingerprint])
}

/** Runs that can be compared. */
function section(runs: readonly KnownRun[]): string {
  const { family, folder } = runs[0]!
  const { name: figure, lowestIsBest } = family.figure(folder.config)
  const subject = family.subject(folder.config)
  const unit = runs.some(({ folder }) => folder.config.steps !== undefined) ? 'step' : 'epoch'
  const rows = runs.map((run, i) => {
    const { name, settings, state, best, last } = summaryOf(run)
    const numbers = [best, last].map(value => `<td>${value.replace('-', '−')}</td>`).join('')
    return `<tr><th>${lineSample(i)} ${text(name)}<p>${text(settings)}</p></th><td>${text(state)}</td>${numbers}</tr>`
  })
  return `
<h2>${text(`${family.name}: ${subject}`)}</h2>
<div class="curve">${runCurves(
    figure,
    unit,
    runs.map(({ curve }) => curve),
  )}</div>
<div class="wide"><table class="metrics">
<thead><tr><th>${text(figure)}${lowestIsBest ? ', the lower the better' : ''}</th><th></th><th>best</th><th>last</th></tr></thead>
<tbody>
${rows.join('\n')}
</tbody>
</table></div>`
}
