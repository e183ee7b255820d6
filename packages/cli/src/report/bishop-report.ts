import * as Plot from '@observablehq/plot'
import { type InverseResult, known } from '../bishop/inverse-problem.js'
import type { RobotResult } from '../bishop/robot-arm.js'
import { figure } from './figure.js'
import { page } from './page.js'
import { blue } from './theme.js'

/** Everything that the report shows; drawings are SVG. */
export type BishopReportContent = {
  readonly inverse: readonly InverseResult[]
  readonly robot: readonly RobotResult[]
  /** The inverse problem as the first seed's network has learned it. */
  readonly densityMap: string
  readonly weightCurves: string
  readonly errors: string
}

/** The test error of every seed, with the lines that are known drawn in. */
export function seedErrors(results: readonly InverseResult[]): string {
  const lines = known.filter(({ nll }) => nll < -1)
  const values = [...results.map(({ nll }) => nll), ...lines.map(({ nll }) => nll)]
  return figure('seed-errors', 'The test error of each seed, and what densities can reach', {
    marginTop: 30,
    marginRight: 200,
    marginLeft: 64,
    x: { type: 'point', label: 'seed', domain: results.map(({ seed }) => seed) },
    y: {
      label: 'mean −log p(t|x), nats',
      domain: [Math.min(...values) - 0.01, Math.max(...values) + 0.02],
      tickFormat: '.2f',
    },
    marks: [
      Plot.ruleY(lines, { y: 'nll', strokeDasharray: '5,4', strokeOpacity: 0.7 }),
      Plot.text(lines, {
        y: 'nll',
        text: ({ what, nll }: (typeof lines)[number]) =>
          `${nll.toFixed(2).replace('-', '−')} ${what}`,
        frameAnchor: 'right',
        textAnchor: 'start',
        dx: 8,
        fontSize: 12,
      }),
      Plot.dot(results, { x: 'seed', y: 'nll', r: 4, fill: blue }),
    ],
  })
}

/** The report: one HTML file that needs nothing beside it. */
export function bishopReport(content: BishopReportContent): string {
  const { inverse, robot, densityMap, weightCurves, errors } = content
  const mean = (values: readonly number[]) => values.reduce((a, b) => a + b) / values.length
  const number = (value: number, digits = 4) => value.toFixed(digits).replace('-', '−')
  const percent = (share: number) => `${(100 * share).toFixed(1)} %`
  return page(
    'Bishop’s two problems',
    `<p class="lead">The problems of the report that introduced mixture density networks (C. M. Bishop, 1994), learned with
default settings and judged on points that were not seen.</p>

<h2>The inverse problem</h2>
<p class="equation"><i>x</i> = <i>t</i> + 0.3 sin 2π<i>t</i> + <i>u</i>, &nbsp; <i>u</i> uniform on ±0.1, <i>t</i> uniform on (0, 1)</p>
<p>The question is <i>t</i> given <i>x</i>. Near <i>x</i> = ½ three branches answer it; the mean (dashed) lies where no answer is.</p>
<div class="curve">${densityMap}</div>
<div class="curve">${weightCurves}</div>
<p>Ten Gaussians, 5,000 points to learn from and 20,000 to judge by. The lines are known by quadrature: what the best
mixture of so many Gaussians at every <i>x</i> could reach, and the entropy of <i>t</i> given <i>x</i>. The best single
Gaussian stays at ${number(known[0]!.nll, 3)}, far above the picture.</p>
<div class="curve">${errors}</div>
<div class="wide"><table class="metrics">
<thead><tr><th>seed</th><th>test error</th><th>unused</th><th>CRPS</th><th>within 50 %</th><th>80 %</th><th>95 %</th></tr></thead>
<tbody>
${inverse
  .map(
    ({ seed, nll, dead, crps, coverage }) =>
      `<tr><th>${seed}</th><td>${number(nll)}</td><td>${dead}</td><td>${number(crps)}</td>${coverage.map(share => `<td>${percent(share)}</td>`).join('')}</tr>`,
  )
  .join('\n')}
<tr><th>mean</th><td>${number(mean(inverse.map(({ nll }) => nll)))}</td><td></td><td>${number(mean(inverse.map(({ crps }) => crps)))}</td>${[
      0, 1, 2,
    ]
      .map(i => `<td>${percent(mean(inverse.map(({ coverage }) => coverage[i]!)))}</td>`)
      .join('')}</tr>
</tbody>
</table></div>

<h2>The robot arm</h2>
<p>From where the hand is to the two angles of the arm: the elbow may be up or down. The figure is the root mean square
distance of the hand, at the angles answered, from where it should be; the arm is 1 long.</p>
<div class="wide"><table class="metrics">
<thead><tr><th>seed</th><th>most probable branch</th><th>least squares</th></tr></thead>
<tbody>
${robot
  .map(
    ({ seed, mixture, leastSquares }) =>
      `<tr><th>${seed}</th><td>${number(mixture)}</td><td>${number(leastSquares)}</td></tr>`,
  )
  .join('\n')}
<tr><th>Bishop 1994</th><td>0.0053</td><td>0.0578</td></tr>
</tbody>
</table></div>

<h2>Do it again</h2>
<pre>lacuna bishop${inverse.length === 10 ? '' : ` --seeds ${inverse.length}`}</pre>
<p>The same command gives the same bits, on every machine.</p>`,
  )
}
