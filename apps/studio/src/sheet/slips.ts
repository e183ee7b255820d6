import { lossSlips } from './loss-point.js'
import type { MachineView } from './machine-point.js'
import { mixtureSlips } from './mixture-point.js'
import type { SheetSettings } from './settings.js'
import type { StatementId } from './statements.js'

/** What the wrong answers that docs/theory lists give at the present point, and for which entry. */
export function slipsAt(
  { mixture, energies }: SheetSettings,
  machine: MachineView,
  id: StatementId,
): { of: string; values: readonly number[] } | undefined {
  switch (id) {
    case '1ai':
    case '1aii':
    case '1b':
    case '1s':
      return {
        of: { '1ai': '∂E/∂α₁', '1aii': '∂E/∂μ₁₁', '1b': '∂E/∂z₁', '1s': '∂E/∂σ₁' }[id],
        values: mixtureSlips(mixture, id, 0),
      }
    case '2ai':
    case '2aii':
    case '2b':
      return {
        of: { '2ai': 'p(h₁=1|x,y)', '2aii': 'p(y₁=1|h,x)', '2b': 'F(x,y)' }[id],
        values: machine.slips(id),
      }
    case '3l':
    case '3s':
      return {
        of: { '3l': 'ℓ(d)', '3s': '∂ℓ/∂E⁻' }[id],
        values: lossSlips(energies, id),
      }
    default:
      return undefined
  }
}
