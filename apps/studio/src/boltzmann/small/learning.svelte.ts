import { ConditionalRbm } from 'lacuna'
import type { Failure } from '../../frame/failure.js'
import { failureOf } from '../../worker/calls.js'
import { type Lesson, recipe } from '../recipe.js'
import { type Machine, machineOf, type Sizes } from './machine.js'
import { examplesOf, type Pattern } from './patterns.js'

/** Learning from patterns, epoch by epoch, in the library's worker. */
export class Learning {
  busy = $state(false)
  failure = $state.raw<Failure>()
  /** Mean of −log p over the patterns after each epoch, exactly, in nats. */
  errors = $state.raw<readonly number[]>([])
  #stopped = false

  /**
   * Trains a new machine as `lacuna train boltzmann` does, and shows it after every epoch: one in each
   * frame, so that it can be watched, or at the end alone where motion is not wanted.
   */
  async learn(
    sizes: Sizes,
    patterns: readonly Pattern[],
    { start, rate, ...lesson }: Lesson,
    show: (machine: Machine) => void,
  ): Promise<void> {
    const { x, y } = examplesOf(patterns, sizes)
    const rbm = ConditionalRbm.create({ seed: start, ...sizes })
    const calm = matchMedia('(prefers-reduced-motion: reduce)').matches
    this.busy = true
    this.#stopped = false
    this.failure = undefined
    this.errors = []
    try {
      const options = { ...recipe, ...lesson, learningRate: rate, threads: 1 }
      for await (const _ of rbm.train(x, y, options)) {
        if (this.#stopped) break
        const logP =
          sizes.inputs > 0 ? rbm.conditionalLogProbability(y, x) : rbm.logProbability(x, y)
        this.errors = [...this.errors, -logP.reduce((sum, value) => sum + value, 0) / logP.length]
        if (calm) continue
        show(machineOf(rbm))
        await new Promise(requestAnimationFrame)
      }
      show(machineOf(rbm))
    } catch (error) {
      this.failure = failureOf(error)
    }
    this.busy = false
  }

  /** Forgets the errors of what was learnt before. */
  forget(): void {
    this.errors = []
  }

  stop(): void {
    this.#stopped = true
  }
}
