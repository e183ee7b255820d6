import * as Plot from '@observablehq/plot'
import type { Figures } from '../inpainter/recipes.js'
import { figure, legend } from './figure.js'
import { blue, orange } from './theme.js'

type Part = Figures & { readonly step: number }

/** The errors over the steps as SVG, as far as the recipe has them. */
export function trainingCurve(parts: readonly Part[]): string {
  const having = (name: keyof Figures) => parts.filter(part => part[name] !== undefined)
  const [reconstruction, contrast] = [having('reconstruction'), having('contrast')]
  const chance = contrast.length > 0 ? [Math.LN2] : []
  return figure('training-curve', 'The errors over the steps', {
    x: { label: 'step', domain: [0, parts.at(-1)!.step] },
    y: { label: null, zero: true, nice: true, grid: true },
    marks: [
      ...(reconstruction.length > 0 ? [legend('— squared error in the holes', blue, 0)] : []),
      ...(contrast.length > 0 ? [legend('— error of the energy network', orange, 210)] : []),
      Plot.ruleY(chance, { strokeDasharray: '5,4' }),
      Plot.text(chance, {
        y: (value: number) => value,
        text: () => 'log 2: cannot tell true from painted',
        frameAnchor: 'left',
        textAnchor: 'start',
        dx: 5,
        dy: -9,
      }),
      Plot.line(contrast, { x: 'step', y: 'contrast', stroke: orange, strokeWidth: 2 }),
      Plot.line(reconstruction, { x: 'step', y: 'reconstruction', stroke: blue, strokeWidth: 2.5 }),
    ],
  })
}
