/** out[j·outRow + i] = x[i·xRow + j] for i < rows and j < cols, which must not overlap. */
export function transposeInto(
  out: usize,
  outRow: usize,
  x: usize,
  xRow: usize,
  rows: usize,
  cols: usize,
): void {
  let i: usize = 0
  for (; i + 4 <= rows; i += 4) {
    let to = out + 4 * i
    let from = x + 4 * i * xRow
    let j: usize = 0
    for (; j + 4 <= cols; j += 4) {
      const r0 = v128.load(from)
      const r1 = v128.load(from + 4 * xRow)
      const r2 = v128.load(from + 8 * xRow)
      const r3 = v128.load(from + 12 * xRow)
      const low01 = v128.shuffle<f32>(r0, r1, 0, 4, 1, 5)
      const low23 = v128.shuffle<f32>(r2, r3, 0, 4, 1, 5)
      const high01 = v128.shuffle<f32>(r0, r1, 2, 6, 3, 7)
      const high23 = v128.shuffle<f32>(r2, r3, 2, 6, 3, 7)
      v128.store(to, v128.shuffle<f64>(low01, low23, 0, 2))
      v128.store(to + 4 * outRow, v128.shuffle<f64>(low01, low23, 1, 3))
      v128.store(to + 8 * outRow, v128.shuffle<f64>(high01, high23, 0, 2))
      v128.store(to + 12 * outRow, v128.shuffle<f64>(high01, high23, 1, 3))
      from += 16
      to += 16 * outRow
    }
    for (; j < cols; j++) {
      store<f32>(to, load<f32>(from))
      store<f32>(to, load<f32>(from + 4 * xRow), 4)
      store<f32>(to, load<f32>(from + 8 * xRow), 8)
      store<f32>(to, load<f32>(from + 12 * xRow), 12)
      from += 4
      to += 4 * outRow
    }
  }
  for (; i < rows; i++) {
    let to = out + 4 * i
    let from = x + 4 * i * xRow
    for (let j: usize = 0; j < cols; j++) {
      store<f32>(to, load<f32>(from))
      from += 4
      to += 4 * outRow
    }
  }
}
