import { activate } from './activation'
import { tableBytes } from './bit-product'
import { Lanes } from './lanes'
import { MultiplyAdd } from './multiply-add'
import { transposeInto } from './transposition'

// The product is cut into tiles of 5×8 elements. Their ten vectors of sums, two of B, one of A and
// one product are as many as x86 has registers for; a tile of 6×8 would spill and lose a third.
const TILE_ROWS: usize = 5
const TILE_COLS: usize = 8

// Each sum runs over blocks of BLOCK_K terms: eight columns of B, so many deep, stay in L1. This
// number is part of the result (it is the order of every sum); the next is not. PACKED_ROWS floats
// hold as many rows of A, so deep, as stay in L2.
const BLOCK_K: usize = 512
const PACKED_ROWS: usize = 120 * BLOCK_K
const PACKED_COLS: usize = TILE_COLS * BLOCK_K

// Rows of A (or columns of B) that lie side by side already are copied only if more tiles than these
// need them: for fewer, copying takes longer than it saves.
const FEW_TILES: usize = 4

/** Room for the packed rows of A, the packed columns of B, and one tile; or what `bitProduct` needs. */
export function scratchBytes(): usize {
  return max<usize>(4 * (PACKED_ROWS + PACKED_COLS + TILE_ROWS * TILE_COLS), tableBytes)
}

export let scratch: usize = 0

/** Gives this instance `scratchBytes` of the memory, 16-byte aligned, that nobody else uses. */
export function useScratch(pointer: usize): void {
  scratch = pointer
}

/** Where this instance's scratch begins. */
export function scratchAt(): usize {
  return scratch
}

/**
 * Packs `lanes` rows of A (or columns of B) side by side: to[p·width + r] = from[p·step + r·across]
 * for p < k; where r ≥ lanes it is 0. So a tile finds what it needs next to each other, and rows
 * that lie a power of two apart do not drive each other out of the cache.
 */
function pack(
  to: usize,
  width: usize,
  from: usize,
  step: usize,
  across: usize,
  lanes: usize,
  k: usize,
): void {
  if (lanes < width) memory.fill(to, 0, 4 * width * k)
  if (step === 1) {
    transposeInto(to, width, from, across, lanes, k)
    return
  }
  for (let p: usize = 0; p < k; p++) {
    let r: usize = 0
    if (across === 1) for (; r + 4 <= lanes; r += 4) v128.store(to + 4 * r, v128.load(from + 4 * r))
    for (; r < lanes; r++) store<f32>(to + 4 * r, load<f32>(from + 4 * r * across))
    from += 4 * step
    to += 4 * width
  }
}

/**
 * A tile: five rows × eight columns, each sum over p in ascending order. Rows of the result lie
 * `toRow` bytes apart; `aStep` and `bStep` bytes lead from one p to the next. Exported only so that it
 * stays a function: inlined, its loop shares registers with `product` and runs a third slower.
 */
export function multiplyTile(
  to: usize,
  toRow: usize,
  a: usize,
  aStep: usize,
  b: usize,
  bStep: usize,
  k: usize,
): void {
  let c00 = f32x4.splat(0)
  let c01 = c00
  let c10 = c00
  let c11 = c00
  let c20 = c00
  let c21 = c00
  let c30 = c00
  let c31 = c00
  let c40 = c00
  let c41 = c00
  for (let p: usize = 0; p < k; p++) {
    const b0 = v128.load(b)
    const b1 = v128.load(b, 16)
    let s = v128.load_splat<f32>(a)
    c00 = MultiplyAdd.of(c00, s, b0)
    c01 = MultiplyAdd.of(c01, s, b1)
    s = v128.load_splat<f32>(a, 4)
    c10 = MultiplyAdd.of(c10, s, b0)
    c11 = MultiplyAdd.of(c11, s, b1)
    s = v128.load_splat<f32>(a, 8)
    c20 = MultiplyAdd.of(c20, s, b0)
    c21 = MultiplyAdd.of(c21, s, b1)
    s = v128.load_splat<f32>(a, 12)
    c30 = MultiplyAdd.of(c30, s, b0)
    c31 = MultiplyAdd.of(c31, s, b1)
    s = v128.load_splat<f32>(a, 16)
    c40 = MultiplyAdd.of(c40, s, b0)
    c41 = MultiplyAdd.of(c41, s, b1)
    a += aStep
    b += bStep
  }
  v128.store(to, c00)
  v128.store(to, c01, 16)
  to += toRow
  v128.store(to, c10)
  v128.store(to, c11, 16)
  to += toRow
  v128.store(to, c20)
  v128.store(to, c21, 16)
  to += toRow
  v128.store(to, c30)
  v128.store(to, c31, 16)
  to += toRow
  v128.store(to, c40)
  v128.store(to, c41, 16)
}

/** The left four columns of a tile alone. */
export function multiplyHalfTile(
  to: usize,
  toRow: usize,
  a: usize,
  aStep: usize,
  b: usize,
  bStep: usize,
  k: usize,
): void {
  let c0 = f32x4.splat(0)
  let c1 = c0
  let c2 = c0
  let c3 = c0
  let c4 = c0
  for (let p: usize = 0; p < k; p++) {
    const b0 = v128.load(b)
    c0 = MultiplyAdd.of(c0, v128.load_splat<f32>(a), b0)
    c1 = MultiplyAdd.of(c1, v128.load_splat<f32>(a, 4), b0)
    c2 = MultiplyAdd.of(c2, v128.load_splat<f32>(a, 8), b0)
    c3 = MultiplyAdd.of(c3, v128.load_splat<f32>(a, 12), b0)
    c4 = MultiplyAdd.of(c4, v128.load_splat<f32>(a, 16), b0)
    a += aStep
    b += bStep
  }
  v128.store(to, c0)
  to += toRow
  v128.store(to, c1)
  to += toRow
  v128.store(to, c2)
  to += toRow
  v128.store(to, c3)
  to += toRow
  v128.store(to, c4)
}

// What becomes of a tile's sums on their way to C.
const ADD: i32 = 1 // C + alpha·sums, else the sums alone
const FINISH: i32 = 2 // act(… + bias), the bias here and act when a row is whole

/** Writes the first `rows` and `cols` of a tile to C. */
function writeTile(
  c: usize,
  cRow: usize,
  tile: usize,
  rows: usize,
  cols: usize,
  todo: i32,
  alpha: f32,
  bias: usize,
): void {
  for (let j: usize = 0; j < cols; j += 4) {
    const left = cols - j
    const offset = bias ? Lanes.load(bias + 4 * j, left) : f32x4.splat(0)
    let at = c + 4 * j
    let from = tile + 4 * j
    for (let r: usize = 0; r < rows; r++) {
      let sums = v128.load(from)
      if (todo & ADD) sums = f32x4.add(Lanes.load(at, left), f32x4.mul(f32x4.splat(alpha), sums))
      if (todo & FINISH) sums = f32x4.add(sums, offset)
      Lanes.store(at, sums, left)
      at += 4 * cRow
      from += 4 * TILE_COLS
    }
  }
}

export function product(
  c: usize,
  cRow: usize,
  m: usize,
  n: usize,
  k: usize,
  a: usize,
  aRow: usize,
  aCol: usize,
  b: usize,
  bRow: usize,
  bCol: usize,
  mode: i32,
  alpha: f32,
  bias: usize,
  activation: i32,
): void {
  const packedA = scratch
  const packedB = packedA + 4 * PACKED_ROWS
  const tile = packedB + 4 * PACKED_COLS
  const factor: f32 = mode === 1 ? alpha : 1
  const inPlaceA = aRow === 1 && n <= FEW_TILES * TILE_COLS
  const inPlaceB = bCol === 1 && m <= FEW_TILES * TILE_ROWS
  let p0: usize = 0
  do {
    const depth = min(k - p0, BLOCK_K)
    let todo = mode === 1 || p0 > 0 ? ADD : 0
    if (mode === 0 && p0 + depth === k) todo |= FINISH
    const block = (PACKED_ROWS / (TILE_ROWS * max(depth, 1))) * TILE_ROWS
    for (let i0: usize = 0; i0 < m; i0 += block) {
      const rows = min(m - i0, block)
      for (let i: usize = 0; i < rows; i += TILE_ROWS) {
        const height = min(rows - i, TILE_ROWS)
        if (inPlaceA && height === TILE_ROWS) continue
        const from = a + 4 * ((i0 + i) * aRow + p0 * aCol)
        pack(packedA + 4 * i * depth, TILE_ROWS, from, aCol, aRow, height, depth)
      }
      for (let j: usize = 0; j < n; j += TILE_COLS) {
        const cols = min(n - j, TILE_COLS)
        let right = b + 4 * (p0 * bRow + j * bCol)
        let rightStep: usize = 4 * bRow
        if (!inPlaceB || (cols & 3) !== 0) {
          pack(packedB, TILE_COLS, right, bRow, bCol, cols, depth)
          right = packedB
          rightStep = 4 * TILE_COLS
        }
        const offset = bias ? bias + 4 * j : 0
        for (let i: usize = 0; i < rows; i += TILE_ROWS) {
          const height = min(rows - i, TILE_ROWS)
          let left = packedA + 4 * i * depth
          let leftStep: usize = 4 * TILE_ROWS
          if (inPlaceA && height === TILE_ROWS) {
            left = a + 4 * ((i0 + i) * aRow + p0 * aCol)
            leftStep = 4 * aCol
          }
          const at = c + 4 * ((i0 + i) * cRow + j)
          // Sums that nothing is added to go to C at once.
          const plain = todo === FINISH && bias === 0 && height === TILE_ROWS && (cols & 3) === 0
          const to = plain ? at : tile
          const toRow: usize = 4 * (plain ? cRow : TILE_COLS)
          if (cols > 4) multiplyTile(to, toRow, left, leftStep, right, rightStep, depth)
          else multiplyHalfTile(to, toRow, left, leftStep, right, rightStep, depth)
          if (!plain) writeTile(at, cRow, tile, height, cols, todo, factor, offset)
        }
      }
      if (todo & FINISH && activation !== 0) {
        // Rows that follow one another are activated as one vector.
        const runs: usize = cRow === n ? 1 : rows
        const length = cRow === n ? rows * n : n
        for (let i: usize = 0; i < runs; i++) activate(c + 4 * (i0 + i) * cRow, length, activation)
      }
    }
    p0 += BLOCK_K
  } while (p0 < k)
}
