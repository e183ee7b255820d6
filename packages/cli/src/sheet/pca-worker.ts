import { parentPort, workerData } from 'node:worker_threads'
import { type Matrix, PrincipalComponents, paste } from 'lacuna'
import { holeErrors } from 'lacuna/completion'
import { revive } from '../comparison/work.js'
import { evaluationHoles, figureHoles, type Holes } from './holes.js'
import { dimensions, type PcaDigits, type PcaErrors, type PcaJob } from './pca.js'

// The simple rival, on a thread of its own: first the ten digits, then the errors on all test images.
const { train, test, seed } = workerData as PcaJob
const components = PrincipalComponents.fit(revive(train))
const complete = ({ incomplete, mask }: Holes, d: number): Matrix =>
  paste(incomplete, components.reconstruct(incomplete, d), mask)

const ten = figureHoles(revive(test), seed)
const digits: PcaDigits = dimensions.map(d => complete(ten, d).data)
parentPort!.postMessage(digits)

const all = evaluationHoles(revive(test), seed)
const errors: PcaErrors = dimensions.map(d => holeErrors(all.truth, complete(all, d), all.mask))
parentPort!.postMessage(errors)
