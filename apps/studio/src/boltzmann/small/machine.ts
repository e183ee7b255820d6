import { ConditionalRbm, Matrix } from 'lacuna'

/** How many units a machine has: inputs x, outputs y and hidden units h. */
export interface Sizes {
  readonly inputs: number
  readonly outputs: number
  readonly hidden: number
}

/** What is small enough to be seen whole: at most 2⁸ states. */
export const limits: { readonly [Layer in keyof Sizes]: readonly [least: number, most: number] } = {
  inputs: [0, 2],
  outputs: [1, 3],
  hidden: [1, 3],
}

/** A machine with all its parameters, in float32 as training leaves them and a link keeps them. */
export interface Machine {
  readonly sizes: Sizes
  /** W over U, a row of K couplings for each of x and y, and behind them the biases a, b and q. */
  readonly parameters: Float32Array
}

/** A parameter: a coupling of two units, or the bias of one. Units are counted through x, y and h. */
export interface Parameter {
  readonly index: number
  readonly unit: number
  /** The hidden unit that it is coupled with; none if it is a bias. */
  readonly hidden?: number
}

/** The range in which parameters are set by hand. */
export const MOST_BY_HAND = 8

/** x₁ goes with y₁ and x₂ with y₂: two answers, each with its question. */
const FIRST = [3, -3, -1, -3, 3, -1, 2, -4, -1, -4, 2, -1, -2, -2, 2]

/** The machine that the room begins with. */
export const firstMachine: Machine = {
  sizes: { inputs: 2, outputs: 3, hidden: 3 },
  parameters: Float32Array.from({ length: 23 }, (_, i) => FIRST[i] ?? 0),
}

/** d + c, the visible units. */
export function visibleUnits({ inputs, outputs }: Sizes): number {
  return inputs + outputs
}

/** d + c + K, all units. */
export function units(sizes: Sizes): number {
  return visibleUnits(sizes) + sizes.hidden
}

/** How many parameters there are: (d + c)K couplings and d + c + K biases. */
export function parameterCount(sizes: Sizes): number {
  return visibleUnits(sizes) * sizes.hidden + units(sizes)
}

/** The parameters in their order. */
export function parametersOf(sizes: Sizes): Parameter[] {
  const [D, K] = [visibleUnits(sizes), sizes.hidden]
  const couplings = Array.from({ length: D * K }, (_, index) => ({
    index,
    unit: Math.floor(index / K),
    hidden: D + (index % K),
  }))
  const biases = Array.from({ length: D + K }, (_, unit) => ({ index: D * K + unit, unit }))
  return [...couplings, ...biases]
}

const SUBSCRIPTS = '₀₁₂₃₄₅₆₇₈₉'

/** What a unit is called: x₁, y₂, h₃. */
export function unitName({ inputs, outputs }: Sizes, unit: number): string {
  const [letter, number] =
    unit < inputs
      ? ['x', unit]
      : unit < inputs + outputs
        ? ['y', unit - inputs]
        : ['h', unit - inputs - outputs]
  return `${letter}${SUBSCRIPTS[number + 1]}`
}

/** What a parameter is called: x₁–h₂, or bias of y₁. */
export function parameterName(sizes: Sizes, { unit, hidden }: Parameter): string {
  const name = unitName(sizes, unit)
  return hidden === undefined ? `bias of ${name}` : `${name}–${unitName(sizes, hidden)}`
}

/** The library's machine with these parameters, in float64: what every exact figure comes from. */
export function rbmOf({ sizes, parameters }: Machine): ConditionalRbm {
  const { inputs: d, outputs: c, hidden: K } = sizes
  const D = d + c
  const part = (start: number, end: number) => Float64Array.from(parameters.subarray(start, end))
  return ConditionalRbm.from({
    W: new Matrix(d, K, part(0, d * K)),
    U: new Matrix(c, K, part(d * K, D * K)),
    inputBias: part(D * K, D * K + d),
    outputBias: part(D * K + d, D * K + D),
    hiddenBias: part(D * K + D, D * K + D + K),
  })
}

/** The parameters of a library's machine, which are float32 numbers if it was trained. */
export function machineOf({ W, U, inputBias, outputBias, hiddenBias }: ConditionalRbm): Machine {
  return {
    sizes: { inputs: W.rows, outputs: U.rows, hidden: U.cols },
    parameters: Float32Array.of(...W.data, ...U.data, ...inputBias, ...outputBias, ...hiddenBias),
  }
}

/** The machine with one parameter changed. */
export function withParameter(machine: Machine, index: number, value: number): Machine {
  const parameters = machine.parameters.slice()
  parameters[index] = value
  return { ...machine, parameters }
}

/** A machine of other sizes: parameters of units that both have are kept, new ones are 0. */
export function resized(machine: Machine, sizes: Sizes): Machine {
  const named = (sizes: Sizes) =>
    parametersOf(sizes).map(
      parameter => [parameterName(sizes, parameter), parameter.index] as const,
    )
  const before = new Map(named(machine.sizes))
  const parameters = Float32Array.from(named(sizes), ([name]) => {
    const index = before.get(name)
    return index === undefined ? 0 : machine.parameters[index]!
  })
  return { sizes, parameters }
}

/**
 * The number among other sizes' units of the unit that is called the same; undefined if there is none.
 * @param among the sizes in which it is looked for
 * @param sizes those in which it has the number `unit`
 */
export function unitAmong(among: Sizes, sizes: Sizes, unit: number): number | undefined {
  const name = unitName(sizes, unit)
  for (let other = 0; other < units(among); other++)
    if (unitName(among, other) === name) return other
  return undefined
}
