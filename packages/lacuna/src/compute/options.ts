import { LacunaError } from '../errors.js'

/**
 * Checks that an option is a whole number from `least` to `most`.
 * @throws LACUNA_E_OPTION naming the option, its value and the range
 */
export function requireWhole(
  name: string,
  value: number,
  least = 1,
  most: number = Number.MAX_SAFE_INTEGER,
): void {
  if (!Number.isInteger(value) || value < least || value > most)
    throw new LacunaError(
      'LACUNA_E_OPTION',
      `${name} must be a whole number from ${least} to ${most}, not ${value}`,
      'Give a whole number in that range.',
    )
}

/**
 * Checks that an option is a finite number above 0.
 * @throws LACUNA_E_OPTION naming the option and its value
 */
export function requirePositive(name: string, value: number): void {
  if (!Number.isFinite(value) || value <= 0)
    throw new LacunaError(
      'LACUNA_E_OPTION',
      `${name} must be a finite number above 0, not ${value}`,
      'Give a positive number.',
    )
}

/**
 * Checks that an option is a probability above 0 and below 1.
 * @throws LACUNA_E_OPTION naming the option and its value
 */
export function requireProbability(name: string, value: number): void {
  if (!(value > 0 && value < 1))
    throw new LacunaError(
      'LACUNA_E_OPTION',
      `${name} must be a probability above 0 and below 1, not ${value}`,
      'Give a number between 0 and 1, neither of them included.',
    )
}
