/** The path of straight lines through some points, in pixels of a chart. */
export function polyline(points: readonly (readonly [x: number, y: number])[]): string {
  return points.map(([x, y], k) => `${k ? 'L' : 'M'}${x.toFixed(1)} ${y.toFixed(1)}`).join('')
}
