// The one list of public names of `lacuna/completion`: one interface over all that fills gaps, masks to
// try it on, and the yardstick for it.
export {
  type Answers,
  type Completer,
  givesSeveral,
  type Score,
  type SeveralAnswers,
} from './completion/completer.js'
export {
  completedLevels,
  holeIn,
  type IncompletePicture,
  incompletePicture,
  pixelsOf,
} from './completion/incomplete-picture.js'
export type { Lesson, Method, Progress, Trained } from './completion/method.js'
export {
  hasLearntFrom,
  imageOfCheckpoint,
  methodNamed,
  methodOfCheckpoint,
  methods,
} from './completion/methods.js'
export { NearestNeighbours } from './completion/nearest-neighbours.js'
export { divideForQuestion } from './completion/question.js'
export { drawTrial, type Trial, trialWith } from './completion/trial.js'
export { type Measurement, Yardstick, type YardstickOptions } from './completion/yardstick.js'
export { drawMasks, type MaskKind, maskKinds } from './inpainting/draw-masks.js'
export { holeErrors } from './inpainting/hole-errors.js'
