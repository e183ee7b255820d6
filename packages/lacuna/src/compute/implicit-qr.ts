import { LacunaError } from '../errors.js'

/** Rotations of rows (first, first + 1), (first + 1, first + 2), …, each as its c and s. */
export type Sweep = { readonly first: number; readonly rotations: Float64Array }

/** Sweeps that one eigenvalue may take; two are usual. */
const MOST_SWEEPS = 30

/**
 * The eigenvalues of a symmetric tridiagonal matrix T by implicit QR sweeps with Wilkinson's shift
 * (Dubrulle 1970; Golub & Van Loan, *Matrix Computations*, algorithms 8.3.2 and 8.3.3). The rotations
 * that make T diagonal are not applied to anything here, only written down: many at a time are
 * applied faster than one by one.
 *
 * @param d T's diagonal, near 1 where it is largest; becomes the eigenvalues, in no order
 * @param e T's n − 1 entries beside it; becomes 0
 * @param room where rotations are written down, at least 2(n − 1) doubles
 * @param apply is given the sweeps since the last time, when the room is full and at the end
 * @throws LACUNA_E_NOT_CONVERGED if an eigenvalue takes more than 30 sweeps, as it does of NaN
 */
export function implicitQr(
  d: Float64Array,
  e: Float64Array,
  room: Float64Array,
  apply: (sweeps: readonly Sweep[]) => void,
): void {
  let norm = 0
  for (let k = 0; k < d.length; k++) norm = Math.max(norm, Math.abs(d[k]!) + Math.abs(e[k] ?? 0))
  const negligible = 2 ** -53 * norm
  let sweeps: Sweep[] = []
  let used = 0
  let tries = 0
  for (let last = d.length - 1; last > 0; ) {
    // The block from `first` to `last` hangs together; it is swept until its last row comes off.
    let first = last
    while (first > 0 && !(Math.abs(e[first - 1]!) <= negligible)) first--
    if (first > 0) e[first - 1] = 0
    if (first === last) {
      last--
      tries = 0
      continue
    }
    if (++tries > MOST_SWEEPS)
      throw new LacunaError(
        'LACUNA_E_NOT_CONVERGED',
        `eigenvalue ${last} of ${d.length} was not found in ${MOST_SWEEPS} sweeps`,
        'Check that the matrix is made of finite numbers of a reasonable size.',
      )
    const length = 2 * (last - first)
    if (used + length > room.length) {
      apply(sweeps)
      sweeps = []
      used = 0
    }
    const rotations = room.subarray(used, used + length)
    sweep(d, e, first, last, rotations)
    sweeps.push({ first, rotations })
    used += length
  }
  apply(sweeps)
}

/**
 * T ← GᵀTG on the block from `first` to `last`: the first rotation is that of T − μI, with μ the
 * eigenvalue of the last 2×2 block that is nearer to its last entry; the others drive the entry z that
 * this leaves outside of the three diagonals down and out.
 */
function sweep(
  d: Float64Array,
  e: Float64Array,
  first: number,
  last: number,
  rotations: Float64Array,
): void {
  const b = e[last - 1]!
  const delta = (d[last - 1]! - d[last]!) / 2
  const root = Math.sqrt(delta * delta + b * b)
  const mu = d[last]! - (b * b) / (delta < 0 ? delta - root : delta + root)
  let x = d[first]! - mu
  let z = e[first]!
  for (let k = first; k < last; k++) {
    // (c s; −s c) turns (x, z) into (r, 0). Both cannot vanish: z is s times an entry that is not
    // negligible, and where the last s is small, x is nearly such an entry itself.
    const r = Math.sqrt(x * x + z * z)
    const c = x / r
    const s = z / r
    rotations[2 * (k - first)] = c
    rotations[2 * (k - first) + 1] = s
    if (k > first) e[k - 1] = r
    // The 2×2 block of rows k and k + 1, rotated from both sides.
    const t = s * (d[k + 1]! - d[k]!) + 2 * c * e[k]!
    d[k]! += s * t
    d[k + 1]! -= s * t
    e[k] = c * t - e[k]!
    x = e[k]!
    if (k + 1 < last) {
      z = s * e[k + 1]!
      e[k + 1]! *= c
    }
  }
}
