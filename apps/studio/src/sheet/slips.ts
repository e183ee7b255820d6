import { compareLoss, compareSlopes, lossSlips } from './loss-point.js'
import type { MachineView } from './machine-point.js'
import { compareMixture, mixtureSlips } from './mixture-point.js'
import type { SheetSettings } from './settings.js'
import type { StatementId } from './statements.js'

/** What the right answer and the wrong ones give at a point. */
export interface Slips {
  /** The value that is asked for: ∂E/∂α₁. */
  readonly of: string
  readonly right: number
  /** The wrong ones, in the order in which docs/theory lists them. */
  readonly wrong: readonly number[]
}

/** The answers to a statement at the present point; none where they are no single numbers. */
export function slipsAt(
  { mixture, energies }: SheetSettings,
  machine: MachineView,
  id: StatementId,
): Slips | undefined {
  const slips = ({ name, closed }: { name: string; closed: number }, wrong: readonly number[]) => ({
    of: name,
    right: closed,
    wrong,
  })
  switch (id) {
    case '1ai':
    case '1aii':
    case '1b':
    case '1s':
      return slips(compareMixture(mixture, id)[0]!, mixtureSlips(mixture, id, 0))
    case '2ai':
    case '2aii':
    case '2b':
      return slips(machine.compare(id)[0]!, machine.slips(id))
    case '3l':
      return slips(compareLoss(energies)[0]!, lossSlips(energies, id))
    case '3s':
      return slips(compareSlopes(energies)[1]!, lossSlips(energies, id))
    default:
      return undefined
  }
}

/** How near a value that somebody typed has to be, relatively. */
const NEAR = 0.005

/** Which answer a value is: the right one, a wrong one by its number, or none that is known. */
export function judgeAnswer(value: number, { right, wrong }: Slips): 'right' | number | undefined {
  const near = (answer: number) =>
    Math.abs(value - answer) <= NEAR * Math.max(0.02, Math.abs(answer))
  if (near(right)) return 'right'
  const at = wrong.findIndex(near)
  return at < 0 ? undefined : at
}
