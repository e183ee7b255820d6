/**
 * The path of straight lines through some points, in pixels of a chart. A single point is a line of no
 * length, which round ends make a dot.
 */
export function polyline(points: readonly (readonly [x: number, y: number])[]): string {
  const path = points.map(([x, y], k) => `${k ? 'L' : 'M'}${x.toFixed(1)} ${y.toFixed(1)}`)
  return path.length === 1 ? `${path[0]}h0` : path.join('')
}
