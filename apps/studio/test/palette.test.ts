import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { type Rgb, rgbOf } from '../src/style/colours.js'

const css = readFileSync(new URL('../src/style/tokens.css', import.meta.url), 'utf8')
const [light, dark] = css.split(':root[data-theme="dark"]') as [string, string]

/** The colours of a theme that are called so and numbered, or the one that is called so. */
function coloursOf(theme: string, name: string): Rgb[] {
  return [...theme.matchAll(new RegExp(`--${name}: (#[0-9a-f]{6});`, 'g'))].map(([, hex]) =>
    rgbOf(hex!),
  )
}

type Triple = readonly [number, number, number]

const linear = (colour: Rgb) =>
  colour.map(level => {
    const share = level / 255
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
  }) as unknown as Triple

const times = (matrix: readonly Triple[], [a, b, c]: Triple) =>
  matrix.map(row => row[0] * a + row[1] * b + row[2] * c) as unknown as Triple

/** WCAG 2.2, contrast ratio. */
function contrast(a: Rgb, b: Rgb): number {
  const [dim, bright] = [a, b]
    .map(colour => times([[0.2126, 0.7152, 0.0722]], linear(colour))[0])
    .sort((a, b) => a - b) as [number, number]
  return (bright + 0.05) / (dim + 0.05)
}

/** Linear RGB as it looks with each kind of colour vision (Machado, Oliveira and Fernandes 2009, severity 1). */
const visions: Record<string, readonly Triple[]> = {
  usual: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritanopia: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
}

/** Oklab (Ottosson 2020), in which equal distances look about equal. */
function oklab(rgb: Triple): Triple {
  const lms = times(
    [
      [0.4122214708, 0.5363325363, 0.0514459929],
      [0.2119034982, 0.6806995451, 0.1073969566],
      [0.0883024619, 0.2817188376, 0.6299787005],
    ],
    rgb,
  )
  return times(
    [
      [0.2104542553, 0.793617785, -0.0040720468],
      [1.9779984951, -2.428592205, 0.4505937099],
      [0.0259040371, 0.7827717662, -0.808675766],
    ],
    lms.map(Math.cbrt) as unknown as Triple,
  )
}

const clamped = (rgb: Triple) => rgb.map(v => Math.min(1, Math.max(0, v))) as unknown as Triple

describe.each([
  ['light', light],
  ['dark', dark],
])('the colours of components, %s', (_, theme) => {
  const components = coloursOf(theme, 'component-\\d')
  const [surface] = coloursOf(theme, 'surface')

  test('are eight, each with the contrast of 3:1 that graphics need', () => {
    expect(components.length).toBe(8)
    for (const colour of components) expect(contrast(colour, surface!)).toBeGreaterThan(3)
  })

  test.each(Object.entries(visions))('are told apart with %s vision', (_, vision) => {
    const seen = components.map(colour => oklab(clamped(times(vision, linear(colour)))))
    for (const [i, a] of seen.entries())
      for (const b of seen.slice(0, i))
        expect(Math.hypot(...a.map((v, k) => v - b[k]!))).toBeGreaterThan(0.09)
  })
})
