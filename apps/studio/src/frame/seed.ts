/** The seeds that rooms take: as far as twice a seed is one too, of which Mixture draws its points. */
export const seeds = [0, (Number.MAX_SAFE_INTEGER - 1) / 2] as const

/** The seed for other random numbers; after the last comes the first. */
export function nextSeed(seed: number): number {
  return seed < seeds[1] ? seed + 1 : seeds[0]
}
