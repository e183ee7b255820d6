import { answerCalls } from '../worker/calls.js'
import type { MixtureFunctions, Standing } from './mixture-functions.js'
import { MixtureRun } from './mixture-run.js'
import type { Pace } from './settings.js'

/** Milliseconds between two standings: 25 a second. */
const REPORT = 40

/** Milliseconds that an epoch lasts at the slow pace. */
const SLOW = 250

let run: MixtureRun | undefined
let pace: Pace = 'fast'

answerCalls<MixtureFunctions, Standing>({
  begin(problem) {
    run?.stop()
    run = new MixtureRun(problem)
    return run.examples
  },

  async play(_, { progress }) {
    const mine = current()
    mine.playing = true
    let reported = performance.now()
    while (mine.playing && !mine.over) {
      await mine.advance()
      const now = performance.now()
      if (mine.over || now - reported < REPORT) continue
      progress(mine.standing()!)
      reported = now
      if (pace === 'slow') await new Promise(resolve => setTimeout(resolve, SLOW))
    }
    mine.playing = false
    return mine.standing()
  },

  pause: () => {
    current().playing = false
  },

  async step() {
    const mine = current()
    await mine.advance()
    return mine.standing()
  },

  pace: chosen => {
    pace = chosen
  },

  cut: cut => current().cut(cut),

  checkpoint: () => current().save(),
})

function current(): MixtureRun {
  if (!run) throw new Error('the training has not begun')
  return run
}
