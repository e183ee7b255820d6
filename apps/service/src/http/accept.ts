/** Whether a header Accept prefers a PNG to JSON, by the weights of the two (RFC 9110, 12.5.1). */
export function prefersPng(accept = ''): boolean {
  const ranges = accept.split(',').map(range =>
    range
      .trim()
      .toLowerCase()
      .split(/\s*;\s*/),
  )
  const weightOf = (type: string) => {
    const range = ranges.find(([name]) => name === type)
    const weight = range?.find(parameter => parameter.startsWith('q='))?.slice(2) ?? '1'
    return range ? Number(weight) : 0
  }
  return weightOf('image/png') > weightOf('application/json')
}
