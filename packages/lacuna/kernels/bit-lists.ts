import { BLOCK_BITS, blocksOf, groupsOf, SUM } from './bit-product'

// Which sums of its table `bitProduct` adds up: four bits of a row make the number
// s₄g + 2s₄g₊₁ + 4s₄g₊₂ + 8s₄g₊₃, and the list of a row has, for each group g whose number is not 0,
// the place of that group's sum with that number, in bytes from the beginning of its block's table.

const BLOCK: usize = BLOCK_BITS / 4

class List {
  /** Writes the entry of a group; returns where the next goes: over this one, if its number is 0. */
  @inline
  static append(at: usize, group: usize, number: u32): usize {
    store<u32>(at, <u32>SUM * (16 * <u32>(group & (BLOCK - 1)) + number))
    return at + 4 * <usize>(number !== 0)
  }

  /** Whether a group is the last of its block. */
  @inline
  static endsBlock(group: usize): bool {
    return (group & (BLOCK - 1)) === BLOCK - 1
  }
}

/** Lists four groups whose bits stand next to one another. */
function listFourGroups(to: usize, group: usize, bits: v128): usize {
  // The products move the lowest bits of each four bytes to the top, side by side.
  const numbers = i32x4.shr_u(i32x4.mul(bits, i32x4.splat(0x10204080)), 28)
  to = List.append(to, group, i32x4.extract_lane(numbers, 0))
  to = List.append(to, group + 1, i32x4.extract_lane(numbers, 1))
  to = List.append(to, group + 2, i32x4.extract_lane(numbers, 2))
  return List.append(to, group + 3, i32x4.extract_lane(numbers, 3))
}

/** Lists one row. */
function listRow(list: usize, ends: usize, bits: usize, k: usize, col: usize): void {
  const groups = groupsOf(k)
  let to = list
  let g: usize = 0
  if (col === 1) {
    for (; g + 4 <= k / 4; g += 4) {
      const sixteen = v128.load(bits + 4 * g)
      if (v128.any_true(sixteen)) to = listFourGroups(to, g, sixteen)
      if (List.endsBlock(g + 3)) store<u32>(ends + 4 * (g / BLOCK), <u32>((to - list) >> 2))
    }
  }
  for (; g < groups; g++) {
    to = List.append(to, g, numberAt(bits + 4 * g * col, col, min<usize>(k - 4 * g, 4)))
    if (List.endsBlock(g)) store<u32>(ends + 4 * (g / BLOCK), <u32>((to - list) >> 2))
  }
  store<u32>(ends + 4 * (blocksOf(k) - 1), <u32>((to - list) >> 2))
}

/** The number that up to four bits make, `col` bytes apart. */
function numberAt(at: usize, col: usize, count: usize): u32 {
  let number: u32 = 0
  for (let l: usize = 0; l < count; l++) number |= (<u32>load<u8>(at + l * col)) << (<u32>l)
  return number
}

/** Lists four rows whose bits stand next to one another, in a byte each of a word. */
function listFourRows(list: usize, ends: usize, bits: usize, k: usize, col: usize): void {
  const groups = groupsOf(k)
  const room: usize = 4 * groups
  let to0 = list
  let to1 = list + room
  let to2 = list + 2 * room
  let to3 = list + 3 * room
  for (let g: usize = 0; g < groups; g++) {
    const left: usize = k - 4 * g
    let numbers: u32 = load<u32>(bits)
    if (left > 1) numbers |= load<u32>(bits + col) << 1
    if (left > 2) numbers |= load<u32>(bits + 2 * col) << 2
    if (left > 3) numbers |= load<u32>(bits + 3 * col) << 3
    bits += 4 * col
    to0 = List.append(to0, g, numbers & 255)
    to1 = List.append(to1, g, (numbers >>> 8) & 255)
    to2 = List.append(to2, g, (numbers >>> 16) & 255)
    to3 = List.append(to3, g, numbers >>> 24)
    if (List.endsBlock(g) || g + 1 === groups) {
      const end = ends + 4 * (g / BLOCK)
      const blocks = blocksOf(k)
      store<u32>(end, <u32>((to0 - list) >> 2))
      store<u32>(end + 4 * blocks, <u32>((to1 - list - room) >> 2))
      store<u32>(end + 8 * blocks, <u32>((to2 - list - 2 * room) >> 2))
      store<u32>(end + 12 * blocks, <u32>((to3 - list - 3 * room) >> 2))
    }
  }
}

export function listBits(
  list: usize,
  ends: usize,
  bits: usize,
  m: usize,
  k: usize,
  row: usize,
  col: usize,
): void {
  const room: usize = 4 * groupsOf(k)
  const blocks: usize = 4 * blocksOf(k)
  let i: usize = 0
  if (row === 1 && k > 0)
    for (; i + 4 <= m; i += 4) listFourRows(list + i * room, ends + i * blocks, bits + i, k, col)
  for (; i < m; i++) listRow(list + i * room, ends + i * blocks, bits + i * row, k, col)
}
