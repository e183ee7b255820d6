// Mixture density networks on Bishop's two problems, beside what is known of them. After npm run build:
//
//   node bench/bishop.js inverse [SEEDS]   the inverse problem with default settings, 10 seeds
//   node bench/bishop.js robot   [SEEDS]   the robot arm, 3 seeds
//
// Add --json for the figures alone.

import {
  calibration,
  collapseReport,
  handPositions,
  inverseProblem,
  Matrix,
  MixtureDensityNetwork,
  robotArm,
} from '../packages/lacuna/dist/index.js'

const known = [
  [-0.655, 'the best single Gaussian at every x'],
  [-1.18, 'the best mixture of 3 Gaussians at every x'],
  [-1.22, '… of 5'],
  [-1.25, '… of 8'],
  [-1.2823, 'the entropy of t given x: nothing is below'],
]

const double = ({ rows, cols, data }) => new Matrix(rows, cols, Float64Array.from(data))

/** A network with default settings, trained. */
async function train(options, { x, t }, training = {}) {
  const network = MixtureDensityNetwork.create(options)
  let epochs = 0
  for await (const _ of network.train(x, t, training)) epochs++
  return { network, epochs }
}

async function inverse(seeds) {
  const results = []
  for (let seed = 1; seed <= seeds; seed++) {
    const examples = inverseProblem(5000, 2 * seed)
    const { x, t } = inverseProblem(20_000, 2 * seed + 1)
    const start = performance.now()
    const { network, epochs } = await train({ seed, inputs: 1 }, examples)
    const seconds = (performance.now() - start) / 1000
    const { nll, dead, weightAtFloor } = collapseReport(network, x, t)
    const { coverage, crps } = calibration(network.predict(x), double(t))
    const shares = coverage.map(({ share }) => share)
    results.push({ seed, nll, epochs, seconds, dead: dead.length, weightAtFloor, shares, crps })
  }
  return results
}

function printInverse(results) {
  console.log('Inverse problem: 10 components, 5,000 training and 20,000 test points, defaults')
  for (const { seed, nll, epochs, seconds, dead, shares, crps } of results)
    console.log(
      `seed ${String(seed).padStart(2)}  test NLL ${nll.toFixed(4)}  ${epochs} epochs in ${seconds.toFixed(1)} s  ` +
        `dead ${dead}  coverage at 50/80/95 % ${shares.map(s => (100 * s).toFixed(1)).join('/')}  CRPS ${crps.toFixed(4)}`,
    )
  const nlls = results.map(({ nll }) => nll)
  const mean = nlls.reduce((a, b) => a + b) / nlls.length
  console.log(`mean ${mean.toFixed(4)}, worst ${Math.max(...nlls).toFixed(4)}; known:`)
  for (const [line, what] of known) console.log(`${line.toFixed(4).padStart(9)}  ${what}`)
}

/** Root mean square distance between the hand at these angles and where it should be. */
function positionError(angles, x) {
  const hand = handPositions(angles)
  const squares = hand.data.reduce((sum, value, i) => sum + (value - x.data[i]) ** 2, 0)
  return Math.sqrt(squares / x.rows)
}

/** The mean of the component with the largest weight, as Bishop takes it. */
function mostProbable({ weights, means, outputs }) {
  const best = new Matrix(weights.rows, outputs, new Float64Array(weights.rows * outputs))
  for (let row = 0; row < weights.rows; row++) {
    const alpha = weights.row(row)
    const i = alpha.indexOf(Math.max(...alpha))
    best.row(row).set(means.row(row).subarray(i * outputs, (i + 1) * outputs))
  }
  return best
}

async function robot(seeds) {
  const results = []
  for (let seed = 1; seed <= seeds; seed++) {
    // 1,000 examples to train on and 1,000 to test, as in the report; t is θ₁ and θ₂.
    const examples = robotArm(1000, 2 * seed)
    const { x } = robotArm(1000, 2 * seed + 1)
    const shape = { seed, inputs: 2, outputs: 2 }
    const start = performance.now()
    const training = { epochs: 1000, patience: 1000 }
    const mixture = await train(
      { ...shape, components: 2, covariance: 'diagonal' },
      examples,
      training,
    )
    const seconds = (performance.now() - start) / 1000
    // One Gaussian whose σ is held at one standard deviation of t: its error is half the squared distance.
    const leastSquares = await train({ ...shape, components: 1, floor: 1 }, examples, training)
    results.push({
      seed,
      mixture: positionError(mostProbable(mixture.network.predict(x)), x),
      leastSquares: positionError(leastSquares.network.predict(x).mean(), x),
      seconds,
    })
  }
  return results
}

function printRobot(results) {
  console.log('Robot arm: RMS distance of the hand from where it should be, 1,000 test points')
  for (const { seed, mixture, leastSquares, seconds } of results)
    console.log(
      `seed ${seed}  most probable branch ${mixture.toFixed(4)}  least squares ${leastSquares.toFixed(4)}  ${seconds.toFixed(1)} s`,
    )
  console.log('Bishop 1994: 0.0053 and 0.0578')
}

const [problem, count] = process.argv.slice(2).filter(word => !word.startsWith('--'))
const [run, print, seeds] =
  problem === 'robot' ? [robot, printRobot, 3] : [inverse, printInverse, 10]
const results = await run(Number(count ?? seeds))
if (process.argv.includes('--json')) console.log(JSON.stringify(results))
else print(results)
