import type { Layer } from './gibbs-chain.js'
import { type Machine, parametersOf, visibleUnits } from './machine.js'

/**
 * What stands in sigm(…) of a unit: its bias and the couplings with those units of the other layer that
 * are on, without zeros.
 * @param bits of all units, as the other layer had them when this one was drawn
 */
export function summands(machine: Machine, unit: number, bits: ArrayLike<number>): number[] {
  const layer: Layer = unit < visibleUnits(machine.sizes) ? 'visible' : 'hidden'
  return parametersOf(machine.sizes)
    .filter(({ unit: visible, hidden }) => {
      if (hidden === undefined) return visible === unit
      const [own, other] = layer === 'visible' ? [visible, hidden] : [hidden, visible]
      return own === unit && bits[other] === 1
    })
    .map(({ index }) => machine.parameters[index]!)
    .filter(value => value !== 0)
}

/** Summands as they are written: 3 − 1.5 + 2; 0 if there are none. */
export function writtenSum(values: readonly number[]): string {
  const written = values.map((value, i) => {
    const size = String(Math.round(100 * Math.abs(value)) / 100)
    if (i === 0) return value < 0 ? `−${size}` : size
    return value < 0 ? ` − ${size}` : ` + ${size}`
  })
  return written.join('') || '0'
}
