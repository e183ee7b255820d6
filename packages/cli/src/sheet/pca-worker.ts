import { parentPort, workerData } from 'node:worker_threads'
import { holeErrors, Images, type Matrix, PrincipalComponents, paste, vis10 } from 'lacuna'
import { evaluationHoles, figureHoles, type Holes } from './holes.js'
import { dimensions, type PcaErrors, type PcaJob, type PcaPictures } from './pca.js'

// The simple rival, on a thread of its own: first the pictures, then the errors on all test images.
const { train, test, seed } = workerData as PcaJob
const components = PrincipalComponents.fit(revive(train))
const complete = ({ incomplete, mask }: Holes, d: number): Matrix =>
  paste(incomplete, components.reconstruct(incomplete, d), mask)

const ten = figureHoles(revive(test), seed)
const pictures: PcaPictures = await Promise.all(dimensions.map(d => vis10(complete(ten, d))))
parentPort!.postMessage(pictures)

const all = evaluationHoles(revive(test), seed)
const errors: PcaErrors = dimensions.map(d => holeErrors(all.truth, complete(all, d), all.mask))
parentPort!.postMessage(errors)

/** Images lose their methods on the way to a thread. */
function revive({ count, height, width, pixels }: PcaJob['train']): Images {
  return new Images(count, height, width, pixels)
}
