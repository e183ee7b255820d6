// The lines of a task as a table, for terminals and for Markdown alike.

const header = ['our build', 'peer', 'ours', 'theirs', 'ratio (least – most)', 'goal']

/** Three digits that count. */
const short = value => (value >= 100 ? value.toFixed(0) : value.toPrecision(3))

function cells({ build, peer, ours, theirs, ratio, goal }) {
  const goalCell = goal === undefined ? '' : typeof goal === 'number' ? `≥ ${goal}` : goal
  if (!ratio) return [build, '–', short(ours), '–', '–', goalCell]
  const [median, min, max] = [ratio.median, ratio.min, ratio.max].map(value => value.toFixed(2))
  return [build, peer, short(ours), short(theirs), `**${median}** (${min} – ${max})`, goalCell]
}

const row = (cells, widths) => `| ${cells.map((cell, i) => cell.padEnd(widths[i])).join(' | ')} |`

/** @param lines of one task; each unit has a table of its own, and the command stands below */
export function taskTable(lines) {
  const units = new Set(lines.map(({ unit }) => unit))
  const tables = [...units].map(unit => {
    const rows = [header, ...lines.filter(line => line.unit === unit).map(cells)]
    const widths = header.map((_, i) => Math.max(...rows.map(row => row[i].length)))
    const [head, ...body] = rows.map(cells => row(cells, widths))
    const rule = `|${widths.map(width => '-'.repeat(width + 2)).join('|')}|`
    return [`${unit}:`, '', head, rule, ...body].join('\n')
  })
  return `${tables.join('\n\n')}\n\n\`${lines[0].command}\``
}
