// The lines of a task as a table, for terminals and for Markdown alike.

const header = ['our build', 'peer', 'ours', 'theirs', 'ratio (least – most)', 'goal']

/** Three digits that count. */
const short = value => (value >= 100 ? value.toFixed(0) : value.toPrecision(3))

/** Ratios are to reach their goal, figures without a peer not to pass it. */
function goalCell({ ours, ratio, goal }) {
  if (goal === undefined) return ''
  const reached = ratio ? ratio.median >= goal : ours <= goal
  const factor = ratio ? goal / ratio.median : ours / goal
  const missed = reached ? '' : `, missed by a factor of ${factor.toFixed(2)}`
  return `${ratio ? '≥' : '≤'} ${goal}${missed}`
}

function cells(line) {
  const { build, peer, ours, theirs, ratio } = line
  if (!ratio) return [build, '–', short(ours), '–', '–', goalCell(line)]
  const [median, min, max] = [ratio.median, ratio.min, ratio.max].map(value => value.toFixed(2))
  const spread = `**${median}** (${min} – ${max})`
  return [build, peer, short(ours), short(theirs), spread, goalCell(line)]
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
