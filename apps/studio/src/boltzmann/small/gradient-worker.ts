import { contrastiveBias } from 'lacuna/verification'
import { answerCalls } from '../../worker/calls.js'
import type { GradientFunctions } from './gradient-functions.js'
import { rbmOf } from './machine.js'
import { examplesOf } from './patterns.js'

answerCalls<GradientFunctions, never>({
  compare({ machine, patterns, most }) {
    const { x, y } = examplesOf(patterns, machine.sizes)
    const rbm = rbmOf(machine)
    const conditional = machine.sizes.inputs > 0
    const exact = conditional ? rbm.conditionalGradient(x, y) : rbm.jointGradient(x, y)
    const { nll, W, U, inputBias, outputBias, hiddenBias } = exact
    const all = [W.data, U.data, inputBias, outputBias, hiddenBias]
    const size = Math.sqrt(all.flatMap(part => [...part]).reduce((sum, g) => sum + g * g, 0))
    const contrastive = Array.from({ length: size > 0 ? most : 0 }, (_, k) =>
      contrastiveBias(rbm, x, y, k + 1),
    )
    return { conditional, nll, size, contrastive }
  },
})
