import {
  type GaussianMixture,
  type M64,
  Matrix,
  MixtureDensityNetwork,
  type MixtureNetworkOptions,
} from 'lacuna'
import { handPositions, robotArm } from 'lacuna/verification'

/** Passes over the examples. */
const EPOCHS = 1000

/** Root mean square distances of the hand from where it should be, in units of the arm's length. */
export type RobotResult = {
  readonly seed: number
  /** With the angles of the most probable branch. */
  readonly mixture: number
  /** With the angles that least squares answers. */
  readonly leastSquares: number
}

/**
 * Learns from where the hand is to the two angles of the arm, which two solutions fit: 1,000 examples
 * to train on and 1,000 to judge by, as in the report.
 * @param shareDone is told the share that is done
 */
export async function learnRobotArm(
  seed: number,
  shareDone: (share: number) => void,
  signal: AbortSignal,
): Promise<RobotResult> {
  const examples = robotArm(1000, 2 * seed)
  const { x } = robotArm(1000, 2 * seed + 1)
  const train = async (options: Partial<MixtureNetworkOptions>, begun: number) => {
    const network = MixtureDensityNetwork.create({ seed, inputs: 2, outputs: 2, ...options })
    const training = { epochs: EPOCHS, patience: EPOCHS, signal }
    for await (const { epoch } of network.train(examples.x, examples.t, training))
      shareDone(begun + (epoch + 1) / EPOCHS / 2)
    return network
  }
  const mixture = await train({ components: 2, covariance: 'diagonal' }, 0)
  // One Gaussian whose σ is held at one standard deviation of t: its error is half the squared distance.
  const leastSquares = await train({ components: 1, floor: 1 }, 0.5)
  return {
    seed,
    mixture: positionError(mostProbable(mixture.predict(x)), x),
    leastSquares: positionError(leastSquares.predict(x).mean(), x),
  }
}

/** The mean of the component with the largest weight, as Bishop takes it. */
function mostProbable({ weights, means, outputs }: GaussianMixture): M64 {
  const best = new Matrix(weights.rows, outputs, new Float64Array(weights.rows * outputs))
  for (let row = 0; row < weights.rows; row++) {
    const alpha = weights.row(row)
    const i = alpha.indexOf(Math.max(...alpha))
    best.row(row).set(means.row(row).subarray(i * outputs, (i + 1) * outputs))
  }
  return best
}

/** Root mean square distance between the hand at these angles and where it should be. */
function positionError(angles: M64, x: Matrix): number {
  const hand = handPositions(angles)
  const squares = hand.data.reduce((sum, value, i) => sum + (value - x.data[i]!) ** 2, 0)
  return Math.sqrt(squares / x.rows)
}
