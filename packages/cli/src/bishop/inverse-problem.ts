import { Matrix, MixtureDensityNetwork } from 'lacuna'
import {
  calibration,
  collapseReport,
  inverseProblem,
  inverseProblemLimits,
} from 'lacuna/verification'
import type { Examples } from '../tables/examples.js'

/** What densities can reach on the inverse problem: mean −log p(t|x) in nats, and by what. */
export const known: readonly { readonly nll: number; readonly what: string }[] =
  inverseProblemLimits.map(({ nll, components }) => ({ nll, what: nameOf(components) }))

function nameOf(components: number | undefined): string {
  if (components === undefined) return 'entropy: nothing is below'
  return components === 1 ? 'best single Gaussian' : `best mixture of ${components}`
}

/** How a network with default settings does on points it has not seen. */
export type InverseResult = {
  readonly seed: number
  readonly nll: number
  /** Components that are never used. */
  readonly dead: number
  /** Shares of the points within the central 50, 80 and 95 % intervals. */
  readonly coverage: readonly number[]
  readonly crps: number
}

/**
 * Trains a network with default settings on 5,000 points of the inverse problem and judges it on
 * 20,000 others. The seed decides both sets, and the weights that training starts from.
 * @param epochDone is told how many epochs are done
 */
export async function learnInverseProblem(
  seed: number,
  epochDone: (epochs: number) => void,
  signal: AbortSignal,
): Promise<{ result: InverseResult; network: MixtureDensityNetwork; examples: Examples }> {
  const examples = inverseProblem(5000, 2 * seed)
  const { x, t } = inverseProblem(20_000, 2 * seed + 1)
  const network = MixtureDensityNetwork.create({ seed, inputs: 1 })
  for await (const { epoch } of network.train(examples.x, examples.t, { signal }))
    epochDone(epoch + 1)
  const { nll, dead } = collapseReport(network, x, t)
  const observed = new Matrix(t.rows, 1, Float64Array.from(t.data))
  const { coverage, crps } = calibration(network.predict(x), observed)
  const shares = coverage.map(({ share }) => share)
  return { result: { seed, nll, dead: dead.length, coverage: shares, crps }, network, examples }
}
