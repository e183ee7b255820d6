import * as Plot from '@observablehq/plot'
import type { BoltzmannFigures } from '../boltzmann/run.js'
import { figure } from './figure.js'
import { blue } from './theme.js'

/** What is drawn over the epochs, each in a figure of its own, as their scales have nothing in common. */
const MONITORS = [
  ['nll', 'Mean of −log p of the rows trained on, in nats'],
  ['pseudoLogLikelihood', 'Log pseudo-likelihood, in nats'],
  ['freeEnergyGap', 'Free-energy gap, in nats'],
  ['reconstructionError', 'Squared error of a bit’s reconstruction'],
] as const

/** The figures of the epochs as SVG, by name; those that the training did not have are left out. */
export function monitorCurves(
  epochs: readonly (BoltzmannFigures & { readonly epoch: number })[],
): Map<string, string> {
  const curves = new Map<string, string>()
  for (const [name, description] of MONITORS) {
    if (epochs.some(epoch => epoch[name] === null)) continue
    const svg = figure(`monitor-${name}`, description, {
      height: 220,
      marginTop: 30,
      marginLeft: 60,
      x: { label: 'epoch', domain: [0, Math.max(1, epochs.at(-1)!.epoch)] },
      y: { label: description, nice: true, grid: true, ticks: 5, labelArrow: 'none' },
      marks: [
        ...(name === 'freeEnergyGap' ? [Plot.ruleY([0], { strokeDasharray: '5,4' })] : []),
        Plot.line(epochs, { x: 'epoch', y: name, stroke: blue, strokeWidth: 2 }),
      ],
    })
    curves.set(name, svg)
  }
  return curves
}
