import * as Plot from '@observablehq/plot'
import { figure, legend } from './figure.js'
import { blue, orange } from './theme.js'

export type EpochLoss = { readonly epoch: number; readonly loss: number; readonly meanLoss: number }

/**
 * The loss over the epochs as SVG: the mean of each epoch, and the last minibatch's, which the
 * sheet prints.
 *
 * @param chance the loss of an energy network that cannot tell true from contrastive; drawn if given
 */
export function lossCurve(losses: readonly EpochLoss[], chance?: number): string {
  const every = losses.length > 20 ? 10 : 1
  const level = chance === undefined ? [] : [chance]
  return figure('loss-curve', 'The loss of each epoch', {
    x: { label: 'epoch', domain: [0, Math.max(1, losses.at(-1)!.epoch)] },
    y: { label: null, zero: true, nice: true, grid: true },
    marks: [
      legend('— mean of the epoch', blue, 0),
      legend('— last minibatch, as the sheet prints it', orange, 176),
      Plot.ruleY(level, { strokeDasharray: '5,4' }),
      Plot.text(level, {
        y: (value: number) => value,
        text: (value: number) => `log 2 = ${value.toFixed(3)}`,
        frameAnchor: 'right',
        dy: -9,
      }),
      Plot.line(losses, { x: 'epoch', y: 'loss', stroke: orange, strokeOpacity: 0.7 }),
      Plot.line(losses, { x: 'epoch', y: 'meanLoss', stroke: blue, strokeWidth: 2.5 }),
      Plot.dot(
        losses.filter(({ epoch }) => epoch % every === 0),
        { x: 'epoch', y: 'loss', fill: orange, r: 3 },
      ),
    ],
  })
}
