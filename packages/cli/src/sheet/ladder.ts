import { Images, type Matrix } from 'lacuna'
import { methods } from 'lacuna/completion'
import { inBackground } from '../background.js'
import { comparisonPicture } from '../comparison/picture.js'
import type { Dataset } from '../datasets/dataset.js'
import type { Progress } from '../progress.js'
import { checkpointsAtHand } from '../ready-made.js'
import { TimeLeft } from '../time-left.js'
import type { HoleErrors } from './evaluation.js'
import type { Holes } from './holes.js'
import type { LadderJob, LadderReport, Rung } from './ladder-thread.js'

/** The rungs that the sheet has not. */
const OTHERS = ['mean', 'nearest', 'conditional-pca', 'supervised', 'window', 'heads', 'any']

/** What `ladder.json` holds; nothing in it differs between two equal runs. */
export interface Ladder {
  /** From plain to strong, over the pixels of the holes of all test images. */
  readonly methods: readonly (HoleErrors & { readonly name: string; readonly title: string })[]
  /** Methods whose ready-made models have learnt from other images than those at hand. */
  readonly leftOut: readonly string[]
}

/** A rung that the sheet has itself. */
export interface SheetRung {
  readonly name: 'gray' | 'pca-60' | 'sheet'
  readonly errors: HoleErrors
  /** The ten digits of the figures, completed. */
  readonly digits: Matrix
}

/**
 * Ways to fill the sheet's holes, from plain to strong: those of the run, and others that learn in
 * seconds or are ready-made. They work on a thread of their own.
 *
 * @param own the run's
 * @param ten the digits of the figures
 * @returns the figures, and a picture with a row for each
 */
export async function climbLadder(
  own: readonly SheetRung[],
  ten: Holes,
  { train, test }: Dataset,
  seed: number,
  progress: Progress,
  signal: AbortSignal,
): Promise<{ ladder: Ladder; picture: Uint8Array }> {
  const bytes = (x: Matrix) => Images.fromMatrix(x, test.images).pixels
  const rungs = new Map<string, Rung>()
  for (const rung of own) rungs.set(rung.name, { ...rung, digits: bytes(rung.digits) })
  const checkpoints = await checkpointsAtHand()
  const job: LadderJob = {
    train: { ...train.images },
    test: { ...test.images },
    seed,
    methods: OTHERS,
    checkpoints,
  }
  const leftOut: string[] = []
  const timeLeft = new TimeLeft(progress)
  const worker = new URL('./ladder-worker.js', import.meta.url)
  for await (const report of inBackground<LadderReport>(worker, job, signal)) {
    if ('rung' in report) rungs.set(report.rung.name, report.rung)
    else if ('leftOut' in report) leftOut.push(report.leftOut)
    else if ('note' in report) progress.note(report.note)
    else {
      const { label, phase, fraction, detail } = report.progress
      timeLeft.show(label, phase, fraction, detail)
    }
  }
  progress.clear()
  const list = methods.filter(({ name }) => rungs.has(name))
  const rows = [
    { name: 'true', pixels: bytes(ten.truth) },
    // What gray leaves is the incomplete image.
    ...list.map(({ name }) => ({
      name: name === 'gray' ? 'incomplete' : name,
      pixels: rungs.get(name)!.digits,
    })),
  ]
  return {
    ladder: {
      methods: list.map(({ name, title }) => ({ name, title, ...rungs.get(name)!.errors })),
      leftOut,
    },
    picture: await comparisonPicture(rows, test.images),
  }
}
