import { Activation } from './activation'
import { Lanes } from './lanes'

// The product is cut into tiles of 6×8 elements, whose sums a tile's 12 vectors hold in registers.
const TILE_ROWS: usize = 6
const TILE_COLS: usize = 8

// Each sum runs over blocks of BLOCK_K terms: eight columns of B, so many deep, stay in L1. This
// number is part of the result (the order of every sum), the other block size is not: BLOCK_M rows
// of A, so many deep, stay in L2.
const BLOCK_K: usize = 512
const BLOCK_M: usize = 120

/** Room for the packed block of A, the packed panel of B, and one tile. */
export function scratchBytes(): usize {
  return 4 * (BLOCK_M * BLOCK_K + TILE_COLS * BLOCK_K + TILE_ROWS * TILE_COLS)
}

let scratch: usize = 0

/** Gives this instance `scratchBytes` of the memory, 16-byte aligned, that nobody else uses. */
export function useScratch(pointer: usize): void {
  scratch = pointer
}

/** Copies A[0…rows, 0…k] into panels of six rows, each column by column; missing rows are zero. */
function packRows(to: usize, a: usize, aRow: usize, aCol: usize, rows: usize, k: usize): void {
  for (let i: usize = 0; i < rows; i += TILE_ROWS) {
    const left = rows - i
    for (let p: usize = 0; p < k; p++) {
      const from = a + 4 * (i * aRow + p * aCol)
      for (let r: usize = 0; r < TILE_ROWS; r++) {
        store<f32>(to + 4 * r, r < left ? load<f32>(from + 4 * r * aRow) : 0)
      }
      to += 4 * TILE_ROWS
    }
  }
}

/** Copies B[0…k, 0…cols] into one panel of eight columns, row by row; missing columns are zero. */
function packColumns(to: usize, b: usize, bRow: usize, bCol: usize, cols: usize, k: usize): void {
  for (let p: usize = 0; p < k; p++) {
    const from = b + 4 * p * bRow
    if (bCol === 1 && cols === TILE_COLS) {
      v128.store(to, v128.load(from))
      v128.store(to, v128.load(from, 16), 16)
    } else {
      for (let j: usize = 0; j < TILE_COLS; j++) {
        store<f32>(to + 4 * j, j < cols ? load<f32>(from + 4 * j * bCol) : 0)
      }
    }
    to += 4 * TILE_COLS
  }
}

/** tile ← six packed rows × eight packed columns, each sum over p in ascending order. */
function multiplyTile(tile: usize, a: usize, b: usize, k: usize): void {
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
  let c50 = c00
  let c51 = c00
  for (let p: usize = 0; p < k; p++) {
    const b0 = v128.load(b)
    const b1 = v128.load(b, 16)
    let s = v128.load_splat<f32>(a)
    c00 = f32x4.add(c00, f32x4.mul(s, b0))
    c01 = f32x4.add(c01, f32x4.mul(s, b1))
    s = v128.load_splat<f32>(a, 4)
    c10 = f32x4.add(c10, f32x4.mul(s, b0))
    c11 = f32x4.add(c11, f32x4.mul(s, b1))
    s = v128.load_splat<f32>(a, 8)
    c20 = f32x4.add(c20, f32x4.mul(s, b0))
    c21 = f32x4.add(c21, f32x4.mul(s, b1))
    s = v128.load_splat<f32>(a, 12)
    c30 = f32x4.add(c30, f32x4.mul(s, b0))
    c31 = f32x4.add(c31, f32x4.mul(s, b1))
    s = v128.load_splat<f32>(a, 16)
    c40 = f32x4.add(c40, f32x4.mul(s, b0))
    c41 = f32x4.add(c41, f32x4.mul(s, b1))
    s = v128.load_splat<f32>(a, 20)
    c50 = f32x4.add(c50, f32x4.mul(s, b0))
    c51 = f32x4.add(c51, f32x4.mul(s, b1))
    a += 4 * TILE_ROWS
    b += 4 * TILE_COLS
  }
  v128.store(tile, c00)
  v128.store(tile, c01, 16)
  v128.store(tile, c10, 32)
  v128.store(tile, c11, 48)
  v128.store(tile, c20, 64)
  v128.store(tile, c21, 80)
  v128.store(tile, c30, 96)
  v128.store(tile, c31, 112)
  v128.store(tile, c40, 128)
  v128.store(tile, c41, 144)
  v128.store(tile, c50, 160)
  v128.store(tile, c51, 176)
}

// What is done with the sums of one block of terms.
const ADD: i32 = 1 // C + …, else … alone
const FINISH: i32 = 2 // act(… + bias)

class Tile {
  /** Four elements of C: C + alpha·sums or sums, then bias and activation where the sum is whole. */
  @inline
  static write(
    c: usize,
    sums: v128,
    left: usize,
    todo: i32,
    alpha: v128,
    bias: usize,
    activation: i32,
  ): void {
    if (todo & ADD) sums = f32x4.add(Lanes.load(c, left), f32x4.mul(alpha, sums))
    if (todo & FINISH) {
      if (bias) sums = f32x4.add(sums, Lanes.load(bias, left))
      sums = Activation.apply(sums, activation)
    }
    Lanes.store(c, sums, left)
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
  const rowsPacked = scratch
  const colsPacked = rowsPacked + 4 * BLOCK_M * BLOCK_K
  const tile = colsPacked + 4 * TILE_COLS * BLOCK_K
  const scaled = f32x4.splat(mode === 1 ? alpha : 1)
  for (let i0: usize = 0; i0 < m; i0 += BLOCK_M) {
    const rows = min(m - i0, BLOCK_M)
    let p0: usize = 0
    do {
      const depth = min(k - p0, BLOCK_K)
      packRows(rowsPacked, a + 4 * (i0 * aRow + p0 * aCol), aRow, aCol, rows, depth)
      let todo = mode === 1 || p0 > 0 ? ADD : 0
      if (mode === 0 && p0 + depth === k) todo |= FINISH
      for (let j: usize = 0; j < n; j += TILE_COLS) {
        const cols = min(n - j, TILE_COLS)
        packColumns(colsPacked, b + 4 * (p0 * bRow + j * bCol), bRow, bCol, cols, depth)
        const biasAt = bias ? bias + 4 * j : 0
        for (let i: usize = 0; i < rows; i += TILE_ROWS) {
          multiplyTile(tile, rowsPacked + 4 * i * depth, colsPacked, depth)
          let at = c + 4 * ((i0 + i) * cRow + j)
          let sums = tile
          for (let r = min(rows - i, TILE_ROWS); r > 0; r--) {
            Tile.write(at, v128.load(sums), cols, todo, scaled, biasAt, activation)
            if (cols > 4) {
              const biasNext = biasAt ? biasAt + 16 : 0
              Tile.write(at + 16, v128.load(sums, 16), cols - 4, todo, scaled, biasNext, activation)
            }
            at += 4 * cRow
            sums += 4 * TILE_COLS
          }
        }
      }
      p0 += BLOCK_K
    } while (p0 < k)
  }
}
