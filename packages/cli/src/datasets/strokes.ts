import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { Images, type LabelledImages } from 'lacuna'
import { duration, type Progress } from '../progress.js'
import { type Dataset, fingerprint } from './dataset.js'

/** The data set is one and the same whatever the seed of the experiment. */
const SEED = 1

/** Draws the synthetic handwriting on a thread of its own, so that Ctrl-C is heard meanwhile. */
export async function drawStrokes(progress: Progress, signal: AbortSignal): Promise<Dataset> {
  const worker = new Worker(new URL('./strokes-worker.js', import.meta.url), {
    workerData: { seed: SEED },
  })
  const start = performance.now()
  const ticker = setInterval(() => {
    progress.update({
      label: 'strokes',
      detail: `drawing digits, ${duration(performance.now() - start)}`,
    })
  }, 500)
  try {
    // Rejects if the worker fails.
    const [message] = (await once(worker, 'message', { signal })) as [LabelledImages[]]
    const [train, test] = message.map(({ images, labels }) => ({
      images: new Images(images.count, images.height, images.width, images.pixels),
      labels,
    }))
    const print = fingerprint(train!, test!)
    return { train: train!, test: test!, name: 'strokes', origin: 'generated', fingerprint: print }
  } finally {
    clearInterval(ticker)
    progress.clear()
    await worker.terminate()
  }
}
