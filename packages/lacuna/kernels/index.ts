// The kernels: float32 arithmetic on memory that the caller lays out. AssemblyScript, compiled to one
// WebAssembly module by scripts/build-kernels.js. Every pointer is a byte offset, every size and
// stride counts elements. The module holds no data of its own, so that any number of instances can
// share one memory. What each kernel computes is documented in src/compute/kernels.ts.
export { activate, activationGradient } from './activation'
export { listBits } from './bit-lists'
export { bitProduct } from './bit-product'
export { bernoulli } from './bits'
export { solveSubmatrices } from './cholesky'
export { classScores } from './classes'
export { reflect, rotate, updateAndMultiply } from './eigen'
export { exp, log, sigmoid, softplus, tanh } from './elementary'
export {
  addScaled,
  addToDoubles,
  blend,
  bytesToFloats,
  centreRows,
  expandBytes,
  scale,
  scaleRows,
} from './elementwise'
export { gatherRows, shuffle } from './examples'
export { mixtureErrors } from './mixture'
export { addByteProducts } from './moments'
export { adamStep, averageStep, momentumStep } from './optimiser'
export { multiplyHalfTile, multiplyTile, product, scratchBytes, useScratch } from './product'
export { randomBits, randomUniform } from './random'
export { columnSums, sum } from './reduce'
export { gather, listRows, rowDots, sparseProduct, transpose } from './sparse'
