// docs/performance.md: what is written by hand stays, what stands between the marks of a task is
// replaced by its last table.
import { readFileSync, writeFileSync } from 'node:fs'

const page = new URL('../../docs/performance.md', import.meta.url)

/** Writes `text` between the marks <!-- bench NAME --> and <!-- end -->. */
export function writeToPage(name, text) {
  const before = readFileSync(page, 'utf8')
  const [start, end] = [`<!-- bench ${name} -->\n`, '\n<!-- end -->']
  const from = before.indexOf(start) + start.length
  const to = before.indexOf(end, from)
  if (from < start.length || to < 0) throw new Error(`docs/performance.md has no mark for ${name}`)
  writeFileSync(page, `${before.slice(0, from)}\n${text}\n${before.slice(to)}`)
}
