import * as Plot from '@observablehq/plot'
import { figure } from './figure.js'

/** A run's figure at each epoch, or at each step that is reported. */
export type RunCurve = readonly { readonly at: number; readonly value: number }[]

/** Ten colours that are told apart on white and on near-black, and what tells more runs apart. */
const COLOURS = [
  ...['#2f7fd6', '#d9822b', '#3ca951', '#d8504d', '#a463f2'],
  ...['#2aa5a0', '#e0679e', '#9c6b4e', '#8a8f98', '#b59b00'],
]
const DASHES = ['', '7 3', '2 3']

/** How the line of the i-th run is drawn. */
function strokeOf(i: number): { readonly colour: string; readonly dash: string } {
  const dash = DASHES[Math.floor(i / COLOURS.length) % DASHES.length]!
  return { colour: COLOURS[i % COLOURS.length]!, dash }
}

/** A piece of the line of the i-th run, to stand beside its name. */
export function lineSample(i: number): string {
  const { colour, dash } = strokeOf(i)
  return `<svg class="sample" viewBox="0 0 28 10" width="28" height="10" aria-hidden="true"><path d="M1 5H27" stroke="${colour}" stroke-width="3" stroke-dasharray="${dash}"/></svg>`
}

/**
 * The figure of several runs over their epochs, the i-th drawn as in `lineSample`.
 * @param name what the figure is called
 * @param unit what is counted, `epoch` or `step`
 */
export function runCurves(name: string, unit: string, curves: readonly RunCurve[]): string {
  const end = Math.max(1, ...curves.map(curve => curve.at(-1)?.at ?? 0))
  const values = curves.flat().map(({ value }) => value)
  const [least, most] = [Math.min(...values), Math.max(...values)]
  // Axes need a length.
  const domain = least < most ? {} : { domain: [least - 0.5, least + 0.5] }
  return figure('run-curves', `${name} of each run over its ${unit}s`, {
    marginTop: 34,
    marginLeft: 60,
    x: { label: unit, domain: [0, end] },
    y: { label: name, ...domain, nice: true, grid: true, labelArrow: 'none' },
    marks: curves.flatMap((curve, i) => {
      const { colour, dash } = strokeOf(i)
      const stroke = { stroke: colour, strokeWidth: 2, strokeDasharray: dash }
      // A line of one point would not be seen.
      return curve.length === 1
        ? [Plot.dot(curve, { x: 'at', y: 'value', fill: colour, r: 3.5 })]
        : [Plot.line(curve, { x: 'at', y: 'value', ...stroke })]
    }),
  })
}
