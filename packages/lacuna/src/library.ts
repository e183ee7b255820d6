// The one list of public names of `lacuna`: models, data and files. Beside it are those of completion.ts
// and verification.ts.
export type { ClassificationShape } from './boltzmann/classification-checkpoint.js'
export type { ClassificationGradient } from './boltzmann/classification-gradient.js'
export {
  type ClassificationOptions,
  type ClassificationParameters,
  ClassificationRbm,
} from './boltzmann/classification-rbm.js'
export type {
  ClassificationEpoch,
  ClassificationTrainingOptions,
  LabelledExamples,
} from './boltzmann/classification-training.js'
export { ConditionalRbm, type RbmOptions } from './boltzmann/conditional-rbm.js'
export type { LikelihoodGradient } from './boltzmann/exact-gradient.js'
export type { SamplingOptions } from './boltzmann/gibbs.js'
export type { MeanField, MeanFieldOptions } from './boltzmann/mean-field.js'
export type { Monitors } from './boltzmann/monitors.js'
export type { Biases, RbmParameters } from './boltzmann/parameters.js'
export type { Completion, OutputPrediction, PredictionOptions } from './boltzmann/prediction.js'
export type { RbmEpoch } from './boltzmann/training.js'
export type { Likelihood, RbmTrainingOptions } from './boltzmann/training-options.js'
export type { BuildChoice } from './compute/build-choice.js'
export { type M64, Matrix } from './compute/matrix.js'
export { Random } from './compute/random.js'
export {
  type ContrastiveLoss,
  chooseLoss,
  contrastiveLosses,
  type LossChoice,
  type LossName,
  type LossParameters,
  lossNames,
} from './contrast/losses.js'
export { readIdx, readImages, readLabels, writeIdx } from './data/idx.js'
export { Images, type LabelledImages } from './data/images.js'
export { splitExamples } from './data/split.js'
export { strokes } from './data/strokes.js'
export { type ErrorCode, errorCodes, LacunaError } from './errors.js'
export type { ColumnNames } from './formats/column-names.js'
export { fingerprint } from './formats/crc32.js'
export { halved } from './formats/halved.js'
export { writeGrayPng } from './formats/png.js'
export { type GrayPicture, readGrayPng } from './formats/read-png.js'
export {
  readSafetensors,
  type Tensor,
  type TensorData,
  writeSafetensors,
} from './formats/safetensors.js'
export { vis10 } from './formats/vis10.js'
export { AnyMaskInpainter, type AnyMaskOptions } from './inpainting/any-mask-inpainter.js'
export type { AnyMaskProgress, AnyMaskTrainingOptions } from './inpainting/any-mask-training.js'
export { ConditionalGaussian } from './inpainting/conditional-gaussian.js'
export {
  EnergyInpainter,
  type InpainterOptions,
  type StepOptions,
} from './inpainting/energy-inpainter.js'
export type { LearningRate } from './inpainting/learning-rates.js'
export { type ImageShape, type Patch, paste } from './inpainting/mask.js'
export type { Architecture } from './inpainting/networks.js'
export { PrincipalComponents } from './inpainting/principal-components.js'
export { type PatchOptions, removePatch } from './inpainting/remove-patch.js'
export type { PhaseName, StepPhase } from './inpainting/step-phases.js'
export type { Epoch, TrainingOptions } from './inpainting/training.js'
export { trainingPatches } from './inpainting/training-patches.js'
export {
  type WeightedAnswers,
  WindowInpainter,
  type WindowInpainterOptions,
} from './inpainting/window-inpainter.js'
export {
  type WindowRecipe,
  type WindowRecipeName,
  windowRecipes,
} from './inpainting/window-recipes.js'
export type { WindowProgress, WindowTrainingOptions } from './inpainting/window-training.js'
export type { MixtureArchitecture } from './mixture/conditional-network.js'
export { GaussianMixture } from './mixture/gaussian-mixture.js'
export type { Interval } from './mixture/intervals.js'
export {
  MixtureDensityNetwork,
  type MixtureNetworkOptions,
} from './mixture/mixture-density-network.js'
export type { Mode } from './mixture/modes.js'
export type { MixtureEpoch, MixtureTrainingOptions } from './mixture/training.js'
export type { NetworkShape } from './network/state-dict.js'
