import * as Plot from '@observablehq/plot'
import { figure } from './figure.js'
import { blue } from './theme.js'

/** The probability integral transforms as a histogram over [0, 1], beside the flat one they should give. */
export function transformHistogram(counts: readonly number[]): string {
  const total = counts.reduce((sum, count) => sum + count, 0)
  const bars = counts.map((count, i) => ({
    from: i / counts.length,
    to: (i + 1) / counts.length,
    share: count / total,
  }))
  return figure('transform-histogram', 'Histogram of the probability integral transforms', {
    height: 260,
    marginTop: 30,
    x: { label: 'F(t | x)', domain: [0, 1] },
    y: { label: 'share of rows', grid: true, zero: true, nice: true },
    marks: [
      Plot.rectY(bars, {
        x1: 'from',
        x2: 'to',
        y: 'share',
        fill: blue,
        fillOpacity: 0.6,
        inset: 1,
      }),
      Plot.ruleY([1 / counts.length], { strokeDasharray: '5,4' }),
    ],
  })
}
