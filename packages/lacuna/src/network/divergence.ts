import { finiteUpTo } from '../compute/matrix.js'
import { LacunaError } from '../errors.js'

/**
 * The error for a training that has left the range of numbers that it can go on with.
 *
 * @param found what was found, and at which step
 * @param tensors what is trained, by name; the first that holds NaN or infinity is named, else the one
 *   with the largest value
 * @param hint what to try
 */
export function diverged(
  found: string,
  tensors: Iterable<readonly [name: string, tensor: { readonly data: Float32Array }]>,
  hint: string,
): LacunaError {
  let largest = { name: '', value: 0 }
  for (const [name, { data: values }] of tensors) {
    const at = finiteUpTo(values)
    if (at < values.length)
      return error(`${found}; tensor ${name} holds ${values[at]} at ${at}`, hint)
    for (const value of values)
      if (Math.abs(value) >= Math.abs(largest.value)) largest = { name, value }
  }
  const { name, value } = largest
  return error(`${found}; the largest value, ${value}, is in tensor ${name}`, hint)
}

function error(what: string, hint: string): LacunaError {
  return new LacunaError('LACUNA_E_DIVERGED', what, hint)
}
