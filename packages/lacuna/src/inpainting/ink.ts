/** How far beyond the range of a pixel the generator can reach. */
const REACH = 1.1

/**
 * What a generator's last layer paints: q = clamp(1.1·tanh u, −1, 1). Most pixels of a digit are
 * black or white to the last bit; tanh alone comes near them and never there.
 *
 * @param t tanh u
 * @returns q + 1, so that background is 0
 */
export function ink(t: number): number {
  return Math.min(Math.max(REACH * t, -1), 1) + 1
}

/**
 * ∂err/∂u from g = ∂err/∂q. Where the clamp holds a pixel at its end, the true gradient is 0 and the
 * pixel would never come back; so the clamp passes g on, unless g pushes further outside:
 *
 *   ∂err/∂u = g·1.1·(1 − t²), or 0 where 1.1t > 1 and g < 0, or 1.1t < −1 and g > 0.
 *
 * Descent moves against g, so what is left out are the steps that change no pixel.
 */
export function inkGradient(g: number, t: number): number {
  const reached = REACH * t
  if ((reached > 1 && g < 0) || (reached < -1 && g > 0)) return 0
  return g * REACH * (1 - t * t)
}
