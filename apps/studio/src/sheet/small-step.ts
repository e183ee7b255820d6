import { Random } from 'lacuna'
import { SmallDuel } from 'lacuna/verification'
import { WEIGHT } from './settings.js'
import type { SmallStep, SmallStepQuestion } from './sheet-functions.js'

/** How many values of err a curve has. */
const CURVE = 61

/** The weights that can be moved: of E from its first hidden unit, of g to the hole's first pixel. */
const ENERGY = { name: 'energy.2.weight', at: 0 } as const

const OUTPUTS = 'generator.2.bias'

/** One step of the small duel, with all that is shown of it. */
export function smallStep({ seed, hole, weights }: SmallStepQuestion): SmallStep {
  const duel = new SmallDuel(new Random(seed, 0, 2), hole)
  const generator = { name: OUTPUTS, at: hole[0]! } as const
  const places = { energy: ENERGY, generator }
  const set = ({ name, at }: { name: string; at: number }, value: number | undefined) => {
    const tensor = duel.parameters.get(name)!
    if (value !== undefined) tensor[at] = Math.fround(value)
    return tensor[at]!
  }
  const now = {
    energy: set(ENERGY, weights?.energy),
    generator: set(generator, weights?.generator),
  }
  const { error, moves } = duel.step()
  const of = (value: (name: string, at: number) => number) => ({
    energy: value(ENERGY.name, ENERGY.at),
    generator: value(generator.name, generator.at),
  })
  const curve = ({ name, at }: { name: string; at: number }) =>
    Array.from({ length: CURVE }, (_, k) =>
      duel.errorAt(name, at, WEIGHT * ((2 * k) / (CURVE - 1) - 1)),
    )
  const worst = (network: 'energy' | 'generator', sign: 1 | -1) => {
    let most = 0
    for (const [name, moved] of moves)
      if (name.startsWith(network))
        for (const [at, move] of moved.entries())
          most = Math.max(most, Math.abs(move - sign * duel.slope(name, at)))
    return most
  }
  const outputs = [...moves.get(OUTPUTS)!]
  return {
    weights: now,
    curves: { energy: curve(places.energy), generator: curve(places.generator) },
    error: { step: error, reference: duel.error() },
    moves: of((name, at) => moves.get(name)![at]!),
    slopes: of((name, at) => duel.slope(name, at)),
    worst: { energy: worst('energy', -1), generator: worst('generator', 1) },
    outputs,
    outputSlopes: outputs.map((_, at) => duel.slope(OUTPUTS, at)),
    tolerance: SmallDuel.tolerance,
  }
}
