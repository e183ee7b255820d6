import { type Sizes, unitAmong, units } from './machine.js'

/** What a unit is held at; undefined if it is free. */
export type Clamp = 0 | 1 | undefined

/** One clamp for each unit, through x, y and h. */
export type Clamps = readonly Clamp[]

/** The question that the room begins with, x = 11, to which there are two answers. */
export const firstClamps: Clamps = [1, 1, ...Array.from({ length: 6 }, () => undefined)]

export function allFree(sizes: Sizes): Clamps {
  return Array.from({ length: units(sizes) }, () => undefined)
}

/** A click on a unit: free, held at 1, held at 0, free. */
export function nextClamp(clamp: Clamp): Clamp {
  return clamp === undefined ? 1 : clamp === 1 ? 0 : undefined
}

/** In a link: 0, 1 or - for each unit. */
export function writeClamps(clamps: Clamps): string {
  return clamps.map(clamp => clamp ?? '-').join('')
}

/** The clamps of a link, or undefined if it says none that fit. */
export function readClamps(text: string | null, sizes: Sizes): Clamps | undefined {
  if (text?.length !== units(sizes) || !/^[01-]+$/.test(text)) return undefined
  return [...text].map(sign => (sign === '-' ? undefined : (Number(sign) as 0 | 1)))
}

/** The clamps for a machine of other sizes: units that both have keep theirs. */
export function resizedClamps(clamps: Clamps, before: Sizes, sizes: Sizes): Clamps {
  return Array.from({ length: units(sizes) }, (_, unit) => {
    const among = unitAmong(before, sizes, unit)
    return among === undefined ? undefined : clamps[among]
  })
}
