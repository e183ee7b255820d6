import { testDigits, trainingImages } from '../data/digits.js'
import { answerCalls, type Context, type Progress } from '../worker/calls.js'
import type { DuelFunctions, Report } from './duel-functions.js'
import { Duel } from './duel-run.js'

/** Milliseconds between two standings: 30 a second. */
const REPORT = 33

/** Milliseconds of steps, after which messages are heard. */
const BREATH = 12

let duel: Duel | undefined
let playing = false
let data: { key: string; images: ReturnType<typeof trainingImages> } | undefined

answerCalls<DuelFunctions, Report>({
  async begin(settings, context) {
    playing = false
    const { site, data: name, images: count } = settings
    const loading = context as Context<Progress>
    const key = `${name} ${count}`
    if (data?.key !== key)
      data = { key, images: trainingImages({ site, data: name }, loading, count) }
    data.images.catch(() => {
      data = undefined // to be tried again
    })
    const test = await testDigits({ site, data: name }, 10, loading)
    duel = new Duel(settings, await data.images, test.images)
    return { test: duel.test, standing: duel.standing() }
  },

  steer: course => current().steer(course),

  async play({ until }, { progress }) {
    playing = true
    const duel = current()
    let reported = performance.now()
    let breathed = reported
    while (playing && duel.step < until) {
      const now = performance.now()
      const due = now - reported > REPORT
      duel.advance('both')
      if (due) {
        progress(duel.standing())
        reported = now
      }
      if (now - breathed > BREATH) {
        await breath()
        breathed = performance.now()
      }
    }
    playing = false
    return duel.standing()
  },

  pause: () => {
    playing = false
  },

  step: ({ learner }) => {
    current().advance(learner)
    return current().standing()
  },

  phase: () => current().phase(),

  checkpoint: () => current().save(),
})

function current(): Duel {
  if (!duel) throw new Error('the duel has not begun')
  return duel
}

const { port1, port2 } = new MessageChannel()

/** Lets other messages be heard; a timer would wait longer. */
function breath(): Promise<void> {
  return new Promise(resolve => {
    port1.onmessage = () => resolve()
    port2.postMessage(undefined)
  })
}
