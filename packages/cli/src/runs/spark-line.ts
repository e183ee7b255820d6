const LEVELS = '▁▂▃▄▅▆▇█'

/**
 * Numbers as a row of bars from the lowest to the highest, at most `width` of them; where there are
 * more numbers, a bar is the mean of some.
 */
export function sparkLine(values: readonly number[], width: number): string {
  const n = Math.min(width, values.length)
  const bars = Array.from({ length: n }, (_, i) => {
    const part = values.slice(
      Math.floor((i * values.length) / n),
      Math.floor(((i + 1) * values.length) / n),
    )
    return part.reduce((sum, value) => sum + value, 0) / part.length
  })
  const [least, most] = [Math.min(...bars), Math.max(...bars)]
  const level = (bar: number) => (most > least ? (bar - least) / (most - least) : 0)
  return bars.map(bar => LEVELS[Math.min(7, Math.floor(8 * level(bar)))]).join('')
}
