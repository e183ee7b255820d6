import * as Plot from '@observablehq/plot'
import { figure, legend } from './figure.js'
import { blue, orange } from './theme.js'

type Epoch = {
  readonly epoch: number
  readonly nll: number
  readonly validationNll: number | null
}

/**
 * The error over the epochs, on the rows that are trained on and on those kept aside.
 * @param best the epoch whose weights were kept
 */
export function learningCurve(epochs: readonly Epoch[], best: number): string {
  const judged = epochs.filter(({ validationNll }) => validationNll !== null)
  return figure('learning-curve', 'The error of each epoch', {
    x: { label: 'epoch', domain: [0, Math.max(1, epochs.at(-1)!.epoch)] },
    y: { label: null, nice: true, grid: true },
    marks: [
      legend('— rows trained on', orange, 0),
      ...(judged.length > 0 ? [legend('— rows kept aside', blue, 146)] : []),
      Plot.ruleX([best], { strokeDasharray: '5,4' }),
      Plot.text([best], {
        x: (epoch: number) => epoch,
        text: () => 'kept',
        frameAnchor: 'top',
        textAnchor: best > epochs.length / 2 ? 'end' : 'start',
        dx: best > epochs.length / 2 ? -5 : 5,
      }),
      Plot.line(epochs, { x: 'epoch', y: 'nll', stroke: orange, strokeOpacity: 0.8 }),
      Plot.line(judged, { x: 'epoch', y: 'validationNll', stroke: blue, strokeWidth: 2 }),
    ],
  })
}
