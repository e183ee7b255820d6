import { ConditionalRbm, type M64, Random } from 'lacuna'
import { testDigits, trainingImages } from '../../data/digits.js'
import { answerCalls, type Context, type Progress } from '../../worker/calls.js'
import { recipe } from '../recipe.js'
import { bitsOfImages, filtersOf, noInputs, picturesOf } from './digit-bits.js'
import { DigitChains } from './digit-chains.js'
import type { DigitFunctions, DigitReport } from './digit-functions.js'
import { digitTable } from './digit-table.js'
import { fillGap } from './fill-gap.js'

/** The machine, as far as it has learnt, and what it learns from. */
let rbm: ConditionalRbm | undefined
let digits: M64 | undefined
let chains: DigitChains | undefined

answerCalls<DigitFunctions, DigitReport>({
  async learn({ site, data, images, hidden, epochs, rate, start }, context) {
    const source = { site, data }
    const drawn = await trainingImages(source, context as Context<Progress>, images)
    digits = bitsOfImages(drawn)
    rbm = ConditionalRbm.create({ seed: start, outputs: digits.cols, hidden: Number(hidden) })
    const lesson = {
      ...recipe,
      method: 'pcd',
      sweeps: 1,
      epochs,
      learningRate: Number(rate),
    } as const
    const { signal } = context
    const training = rbm.train(noInputs(digits.rows), digits, { ...lesson, threads: 1, signal })
    for await (const { epoch, pseudoLogLikelihood } of training)
      context.progress({ epochs: epoch + 1, error: -pseudoLogLikelihood, filters: filtersOf(rbm) })
  },

  async digit({ digit, ...source }, context) {
    const { images } = await testDigits(source, digit + 1, context as Context<Progress>)
    if (digit >= images.count) return undefined
    return Uint8Array.from(bitsOfImages(images.slice(digit, digit + 1)).data)
  },

  begin({ count, seed }) {
    chains = new DigitChains(count, new Random(seed))
    return picturesOf(chains.means)
  },

  sweep() {
    chains!.sweep(learnt())
    return picturesOf(chains!.means)
  },

  fill: ({ bits, mask, count, seed }) => fillGap(learnt(), bits, mask, count, new Random(seed)),

  checkpoint: () => learnt().save(),

  table: () => digitTable(digits!),
})

function learnt(): ConditionalRbm {
  if (!rbm) throw new Error('nothing has been learnt yet')
  return rbm
}
