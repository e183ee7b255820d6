import * as Plot from '@observablehq/plot'
import { JSDOM } from 'jsdom'
import { svgTheme } from './theme.js'

/**
 * A plot as an SVG that also stands by itself, in the reader's light or dark colours.
 * @param className a name of its own in the page
 * @param description what it shows, for those who cannot see it
 */
export function figure(className: string, description: string, options: Plot.PlotOptions): string {
  const svg = Plot.plot({
    document: new JSDOM('').window.document,
    className,
    width: 600,
    height: 338,
    marginTop: 52,
    marginLeft: 48,
    marginBottom: 40,
    style: { fontSize: '14px', background: 'none' },
    ...options,
  }) as SVGSVGElement
  svg.setAttribute('xmlns', 'http://www.w3.org/2000/svg')
  svg.setAttribute('role', 'img')
  svg.setAttribute('aria-label', description)
  svg.querySelector('style')!.textContent += svgTheme(className)
  return svg.outerHTML
}

/** A word of the legend above the frame, `dx` from its left side. */
export function legend(text: string, fill: string, dx: number): Plot.Markish {
  return Plot.text([text], { frameAnchor: 'top-left', textAnchor: 'start', fill, dx, dy: -34 })
}
