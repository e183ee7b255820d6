import { blue, orange, svgTheme } from './theme.js'

/** PNG pictures of one digit on its way: whole, with the hole, and with the generator's patch. */
export type Thumbnails = {
  readonly truth: Uint8Array
  readonly incomplete: Uint8Array
  readonly contrastive: Uint8Array
}

// Heights at which things flow: the true example, what goes round the generator, the contrastive
// example, and the gradient on its way back.
const TRUE = 84
const OBSERVED = 176
const CONTRASTIVE = 262
const GRADIENT = 376

// Half the size of a picture and of a network's box.
const PICTURE = 42
const BOX = { width: 76, height: 34 }

/**
 * The sheet's diagram as SVG. The incomplete image goes through the generator, of whose output only
 * the patch is pasted; the result and the true image go through the same energy network, and both
 * energies into the loss. Dashed, in the other colour: the gradient on its way back.
 *
 * @param loss the formula of the loss, in a few characters
 */
export function architecture({ truth, incomplete, contrastive }: Thumbnails, loss: string): string {
  const between = (TRUE + CONTRASTIVE) / 2
  const parts = [
    flow(`M102 ${CONTRASTIVE}H146`),
    flow(`M304 ${CONTRASTIVE}H340`),
    flow(`M380 ${CONTRASTIVE}H410`),
    flow(`M60 ${CONTRASTIVE - PICTURE}V${OBSERVED}H428V${CONTRASTIVE - 18}`),
    flow(`M446 ${CONTRASTIVE}H472`),
    flow(`M558 ${CONTRASTIVE}H598`),
    flow(`M558 ${TRUE}H598`),
    flow(`M756 ${TRUE}H788`),
    flow(`M756 ${CONTRASTIVE}H788`),
    flow(`M832 ${TRUE}H880V${between - BOX.height}`),
    flow(`M832 ${CONTRASTIVE}H880V${between + BOX.height}`),
    `<path d="M680 ${TRUE + BOX.height}V${CONTRASTIVE - BOX.height}" stroke="currentColor" stroke-opacity=".4" stroke-width="4"/>`,

    gradient(`M810 ${CONTRASTIVE + 22}V${GRADIENT}H362`),
    gradient(`M680 ${GRADIENT}V${CONTRASTIVE + BOX.height}`),
    gradient(`M314 ${GRADIENT}H226V${CONTRASTIVE + BOX.height}`),
    circle(338, GRADIENT, 24, '× −1', orange),

    picture(60, CONTRASTIVE, incomplete, 'z, incomplete'),
    box(226, CONTRASTIVE, ['generator g', '784–256–256–784']),
    circle(360, CONTRASTIVE, 20, '· m'),
    circle(428, CONTRASTIVE, 18, '+'),
    picture(516, CONTRASTIVE, contrastive, 'contrastive'),
    picture(516, TRUE, truth, 'x, true'),
    box(680, TRUE, ['energy E', '784–256–256–1']),
    box(680, CONTRASTIVE, ['energy E', '784–256–256–1']),
    circle(810, TRUE, 22, 'E⁺'),
    circle(810, CONTRASTIVE, 22, 'E⁻'),
    box(880, between, ['loss', loss]),

    text(244, OBSERVED - 9, 'z · (1 − m): what is observed stays as it is'),
    text(670, between + 4, 'the same weights', { anchor: 'end' }),
    text(695, GRADIENT + 20, 'gradient: E learns by descent', { colour: orange }),
    text(338, GRADIENT + 42, 'flipped: g learns by ascent, through the patch alone', {
      colour: orange,
    }),
  ]
  return `<svg xmlns="http://www.w3.org/2000/svg" class="architecture" viewBox="0 32 980 398" width="980" height="398" font-family="system-ui, sans-serif" font-size="14" role="img" aria-label="The generator completes the incomplete image; one energy network scores the true and the completed image; the loss compares the energies">
<style>${svgTheme('architecture')}</style>
<defs>${arrowhead('flow', 'currentColor')}${arrowhead('gradient', orange)}</defs>
${parts.join('\n')}
</svg>
`
}

function flow(d: string): string {
  return `<path d="${d}" fill="none" stroke="currentColor" stroke-width="1.6" marker-end="url(#architecture-flow)"/>`
}

function gradient(d: string): string {
  return `<path d="${d}" fill="none" stroke="${orange}" stroke-width="1.6" stroke-dasharray="6 4" marker-end="url(#architecture-gradient)"/>`
}

function arrowhead(name: string, colour: string): string {
  return `<marker id="architecture-${name}" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="8" markerHeight="8" orient="auto"><path d="M0 0L10 5L0 10z" fill="${colour}"/></marker>`
}

function picture(x: number, y: number, png: Uint8Array, name: string): string {
  const [left, top, side] = [x - PICTURE, y - PICTURE, 2 * PICTURE]
  const source = `data:image/png;base64,${Buffer.from(png).toString('base64')}`
  return (
    `<image x="${left}" y="${top}" width="${side}" height="${side}" preserveAspectRatio="none" image-rendering="pixelated" href="${source}"/>` +
    `<rect x="${left}" y="${top}" width="${side}" height="${side}" fill="none" stroke="currentColor" stroke-opacity=".5"/>` +
    text(x, y + PICTURE + 18, name)
  )
}

function box(x: number, y: number, [name, detail]: [string, string]): string {
  const [left, top] = [x - BOX.width, y - BOX.height]
  return (
    `<rect x="${left}" y="${top}" width="${2 * BOX.width}" height="${2 * BOX.height}" rx="8" fill="${blue}" fill-opacity=".16" stroke="${blue}" stroke-width="1.6"/>` +
    text(x, y - 4, name, { bold: true }) +
    text(x, y + 16, detail)
  )
}

function circle(x: number, y: number, radius: number, label: string, colour = 'currentColor') {
  return (
    `<circle cx="${x}" cy="${y}" r="${radius}" fill="none" stroke="${colour}" stroke-width="1.6"/>` +
    text(x, y + 5, label, { colour })
  )
}

function text(
  x: number,
  y: number,
  content: string,
  { anchor = 'middle', colour = 'currentColor', bold = false } = {},
): string {
  const weight = bold ? ' font-weight="600"' : ''
  return `<text x="${x}" y="${y}" text-anchor="${anchor}" fill="${colour}"${weight}>${content}</text>`
}
