// The one list of public names of `lacuna/verification`: whether the sheet's identities hold, how well a
// model's probabilities are calibrated, how far an approximation is from what it approximates, small
// machines written down state by state, and problems of which the answers are known.
export {
  type AnnealingOptions,
  annealedImportanceSampling,
  type LogPartitionEstimate,
} from './boltzmann/annealed-importance-sampling.js'
export { type ContrastiveBias, contrastiveBias } from './boltzmann/bias-meter.js'
export { boltzmannIdentities } from './boltzmann/identities.js'
export { JointTable } from './boltzmann/joint-table.js'
export { pseudoLogLikelihood } from './boltzmann/pseudo-likelihood.js'
export type { Identity } from './compute/identity.js'
export {
  type Examples,
  handPositions,
  inverseProblem,
  inverseProblemLimits,
  inverseProblemLogDensity,
  robotArm,
} from './data/bishop-problems.js'
export { inpaintingIdentities } from './inpainting/identities.js'
export { type DuelParameters, SmallDuel } from './inpainting/small-duel.js'
export { type Calibration, calibration, crps } from './mixture/calibration.js'
export { type CollapseReport, collapseReport } from './mixture/collapse-report.js'
export {
  compareGradient,
  type GradientComparison,
  type MixtureParameter,
  type MixturePoint,
} from './mixture/gradient-comparison.js'
export { mixtureIdentities } from './mixture/identities.js'
