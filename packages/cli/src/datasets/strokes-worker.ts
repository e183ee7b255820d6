import { parentPort, workerData } from 'node:worker_threads'
import { strokes } from 'lacuna'

const { train, test } = strokes(workerData as { seed: number })
parentPort!.postMessage(
  [train, test].map(({ images, labels }) => ({ images: { ...images }, labels })),
)
