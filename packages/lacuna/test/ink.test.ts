import { expect, test } from 'vitest'
import { ink, inkGradient } from '../dist/inpainting/ink.js'

test('paints 1 + 1.1·tanh u, and black and white exactly', () => {
  expect(ink(0)).toBe(1)
  expect(ink(0.5)).toBeCloseTo(1.55, 12)
  expect(ink(-0.5)).toBeCloseTo(0.45, 12)
  for (const t of [0.92, 0.99, 1]) expect([ink(t), ink(-t)]).toEqual([2, 0])
})

test('has the slope of finite differences between black and white', () => {
  const h = 1e-6
  for (const u of [-1.4, -1, -0.3, 0, 0.2, 0.9, 1.5]) {
    const slope = (ink(Math.tanh(u + h)) - ink(Math.tanh(u - h))) / (2 * h)
    for (const g of [-2, 0.7]) expect(inkGradient(g, Math.tanh(u))).toBeCloseTo(g * slope, 8)
  }
})

test('lets a pixel that is clamped come back, and pushes it no further', () => {
  const t = 0.95 // 1.1·t = 1.045
  const slope = 1.1 * (1 - t * t)
  // Descent goes against g: g > 0 makes a white pixel darker.
  expect(inkGradient(3, t)).toBeCloseTo(3 * slope, 12)
  expect(inkGradient(-3, t)).toBe(0)
  expect(inkGradient(-3, -t)).toBeCloseTo(-3 * slope, 12)
  expect(inkGradient(3, -t)).toBe(0)
})
