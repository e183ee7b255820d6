import { LacunaError } from '../errors.js'
import { narrowBinary16 } from './half-precision.js'
import { readSafetensors, writeSafetensors } from './safetensors.js'

/**
 * A checkpoint in half precision: every tensor of floats is rounded to binary16 and takes half the
 * room; the rest, metadata included, stays. Whatever loads checkpoints loads these too. The weights of
 * a trained network keep three digits, which moves its answers by less than a gray level.
 *
 * @throws LACUNA_E_SAFETENSORS if the bytes are malformed; LACUNA_E_RANGE if a number is too large for
 *   half precision, from 65,520 on
 *
 * @example
 * ```ts
 * const small = halved(inpainter.save())
 * WindowInpainter.load(small)
 * ```
 */
export function halved(checkpoint: Uint8Array): Uint8Array {
  const { tensors, metadata } = readSafetensors(checkpoint)
  for (const [name, { shape, data }] of tensors) {
    if (!(data instanceof Float32Array || data instanceof Float64Array)) continue
    const halves = narrowBinary16(Float32Array.from(data))
    const beyond = data.find((value, i) => isInfinite(halves[i]!) && Number.isFinite(value))
    if (beyond !== undefined)
      throw new LacunaError(
        'LACUNA_E_RANGE',
        `tensor ${name} holds ${beyond}, which half precision cannot`,
        'Keep this checkpoint in single precision.',
      )
    tensors.set(name, { shape, data: halves, half: true })
  }
  return writeSafetensors(tensors, metadata)
}

/** Whether a binary16 is ∞ or −∞. */
function isInfinite(half: number): boolean {
  return (half & 0x7fff) === 0x7c00
}
