// The one list of public names.
export { type M64, Matrix } from './compute/matrix.js'
export { Random } from './compute/random.js'
export { readIdx, readImages, readLabels, writeIdx } from './data/idx.js'
export { Images } from './data/images.js'
export { type ErrorCode, errorCodes, LacunaError } from './errors.js'
export { fingerprint } from './formats/crc32.js'
export {
  readSafetensors,
  type Tensor,
  type TensorData,
  writeSafetensors,
} from './formats/safetensors.js'
export { vis10 } from './formats/vis10.js'
