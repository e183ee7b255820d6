import { ConditionalGaussian } from '../inpainting/conditional-gaussian.js'
import { chooseByTrial } from './choice.js'
import type { Method } from './method.js'

/** Variances that may be added to every pixel's. */
const RIDGES = [0.003, 0.01, 0.03]

/** The mean of a Gaussian given the observed pixels, its ridge chosen. */
export const conditionalPca: Method = {
  name: 'conditional-pca',
  title: 'conditional PCA',
  effort: 'seconds',
  holes: 'any',
  async *train({ images, trial }) {
    const fitted = new Map<number, ConditionalGaussian>()
    for (const [i, ridge] of RIDGES.entries()) {
      yield { done: i, of: RIDGES.length, detail: `ridge ${ridge}` }
      fitted.set(ridge, ConditionalGaussian.fit(images, { ridge }))
    }
    const ridge = chooseByTrial(RIDGES, trial, ridge =>
      fitted.get(ridge)!.complete(trial.incomplete, trial.mask),
    )
    return { completer: fitted.get(ridge)!, chosen: { ridge } }
  },
  checkpoint: { model: 'conditional-gaussian', load: ConditionalGaussian.load },
}
