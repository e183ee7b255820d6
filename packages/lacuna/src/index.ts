// The one list of public names.
export { type M64, Matrix } from './compute/matrix.js'
export { Random } from './compute/random.js'
export { Images, type LabelledImages } from './data/images.js'
export { strokes } from './data/strokes.js'
export { type ErrorCode, errorCodes, LacunaError } from './errors.js'
