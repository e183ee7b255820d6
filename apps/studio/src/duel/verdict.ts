import type { Energies } from './duel-functions.js'

/** Who is ahead. */
export type Leader = 'energy' | 'generator' | 'neither'

/** How often the energy network is right: the share of true images with less energy than their twins. */
export function rightShare({ true: trueOnes, contrastive }: Energies): number {
  let right = 0
  for (let i = 0; i < trueOnes.length; i++) {
    if (trueOnes[i]! < contrastive[i]!) right++
    else if (trueOnes[i] === contrastive[i]) right += 0.5
  }
  return right / trueOnes.length
}

/** Who is ahead by that share. */
export function leaderBy(share: number): Leader {
  return share >= 0.95 ? 'energy' : share <= 0.6 ? 'generator' : 'neither'
}

/** What to look for, whoever is ahead. */
export const advice: Readonly<Record<Leader, { readonly title: string; readonly text: string }>> = {
  energy: {
    title: 'The energy network is winning',
    text: 'It tells nearly every painted image from its true twin: the two histograms part, and the loss falls towards 0. Then the slope of the log-loss vanishes, and with it what the generator could learn from. If the digits stop improving, raise the generator’s learning rate or lower the energy network’s.',
  },
  generator: {
    title: 'The generator is winning',
    text: 'The energy network hardly does better than a coin: the histograms lie on one another, and the loss is near log 2, where it began. A generator that is ahead for long paints whatever its judge has not yet learnt to see through. If the digits get worse, raise the energy network’s learning rate or lower the generator’s.',
  },
  neither: {
    title: 'An even match',
    text: 'The energy network is mostly right, and still has something to teach: its histograms overlap in part, and the loss lies between 0 and log 2. This is where the digits improve.',
  },
}
