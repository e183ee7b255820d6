import * as Plot from '@observablehq/plot'
import type { DensityScan } from '../mixture/density-scan.js'
import { figure, legend } from './figure.js'
import { blue, orange } from './theme.js'

/** The names of the input and the output. */
type Names = { readonly input: string; readonly output: string }

/** Steps of colour. */
const LEVELS = 24

/** p(t|x) as a map, with the mean, the modes and the examples on it. */
export function densityMap(scan: DensityScan, { input, output }: Names): string {
  const { x, t, density, mean, modes, examples } = scan
  const [left, right, low, high] = [x[0]!, x.at(-1)!, t[0]!, t.at(-1)!]
  // A few needles must not turn all the rest pale.
  const peaks = x.map((_, i) =>
    t.reduce((most, _, k) => Math.max(most, density[k * x.length + i]!), 0),
  )
  const top = peaks.sort((a, b) => a - b)[Math.floor(0.8 * peaks.length)]!
  const thresholds = Array.from({ length: LEVELS }, (_, k) => top * ((k + 0.5) / LEVELS) ** 2)
  const inside = <T extends { t: number }>(points: readonly T[]) =>
    points.filter(point => point.t >= low && point.t <= high)
  return figure('density-map', `The density of ${output} over ${input}`, {
    height: 420,
    x: { label: input, domain: [left, right] },
    y: { label: output, domain: [low, high] },
    color: {
      type: 'pow',
      exponent: 0.5,
      domain: [0, top],
      range: [0, 1],
      clamp: true,
      interpolate: (share: number) => `rgba(47,127,214,${(0.92 * share).toFixed(3)})`,
    },
    r: { type: 'sqrt', domain: [0, 1], range: [0, 3] },
    marks: [
      Plot.contour(density, {
        width: x.length,
        height: t.length,
        x1: left,
        y1: low,
        x2: right,
        y2: high,
        fill: (value: number) => value,
        thresholds,
      }),
      Plot.dot(examples, { x: 'x', y: 't', r: 1.3, fill: 'currentColor', fillOpacity: 0.4 }),
      Plot.line(inside(x.map((place, i) => ({ x: place, t: mean[i]! }))), {
        x: 'x',
        y: 't',
        stroke: 'currentColor',
        strokeWidth: 2,
        strokeDasharray: '6,4',
      }),
      Plot.dot(inside(modes), { x: 'x', y: 't', r: 'weight', fill: orange }),
      legend('■ density', blue, 0),
      legend('● modes, larger with weight', orange, 86),
      legend('- - mean', 'currentColor', 304),
      legend('· the rows', 'currentColor', 382),
    ],
  })
}

/** αᵢ(x) as curves, those components that ever count. */
export function weightCurves({ x, weights }: DensityScan, { input }: Names): string {
  const curves = weights.flatMap((curve, i) =>
    Math.max(...curve) < 0.02
      ? []
      : curve.map((weight, k) => ({ x: x[k]!, weight, component: `${i + 1}` })),
  )
  const highest = weights.flatMap((_, i) => {
    const curve = curves.filter(({ component }) => component === `${i + 1}`)
    const most = Math.max(...curve.map(({ weight }) => weight))
    return curve.filter(({ weight }) => weight === most).slice(0, 1)
  })
  return figure('weight-curves', `The weight of each component over ${input}`, {
    x: { label: input },
    y: { label: 'weight α', domain: [0, 1], grid: true },
    color: { type: 'ordinal', scheme: 'observable10' },
    marginTop: 30,
    insetTop: 20,
    marks: [
      Plot.line(curves, {
        x: 'x',
        y: 'weight',
        z: 'component',
        stroke: 'component',
        strokeWidth: 2,
      }),
      Plot.text(highest, {
        x: 'x',
        y: 'weight',
        text: 'component',
        fill: 'component',
        dy: -9,
        fontWeight: 600,
      }),
    ],
  })
}
