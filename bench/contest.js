// Measures in turn, A B A B …, so that whatever else the machine does disturbs all alike.
import { openPeer } from './peer.js'

const median = values => {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

/**
 * Measures one case of a task: each of our builds and each peer that is present, in turn.
 *
 * @param contest.count how much a round does; `trial`, how much the uncounted first one does, or 0 for none
 * @param contest.rounds how many rounds are counted
 * @param contest.scale what one second is in `unit`, in a round of one; less is better
 * @param contest.goal what ours is to reach, where there is no peer to compare with
 * @param contest.ours builds, each with `run(count)`, which answers with seconds
 * @param contest.peers see `openPeer`; or with a `run` of their own
 * @returns for each build and peer { peer, build, ours, theirs, ratio, unit, goal }, ratios theirs ÷
 *   ours round by round
 */
export async function measure({ count, trial = count, rounds, scale, unit, goal, ours, peers }) {
  const opened = []
  try {
    for (const peer of peers) {
      const process = peer.run ? peer : await openPeer(peer, trial)
      if (process) opened.push({ ...peer, ...process, name: nameOf(peer, process), times: [] })
    }
    const builds = ours.map(build => ({ ...build, times: [] }))
    const running = [...builds, ...opened]
    if (trial > 0) for (const { run } of running) await run(trial)
    for (let round = 0; round < rounds; round++)
      for (const { run, times } of running) times.push(((await run(count)) / count) * scale)
    return builds.flatMap(build => linesOf(build, opened, { unit, goal }))
  } finally {
    for (const { close } of opened) close?.()
  }
}

function nameOf({ name }, { threads, versions = {} }) {
  const [version] = Object.values(versions)
  const counted = threads ? `, ${threads} thread${threads > 1 ? 's' : ''}` : ''
  return name.replace('VERSION', version) + counted
}

function linesOf({ build, times }, peers, contest) {
  const ours = median(times)
  if (peers.length === 0)
    return [{ peer: null, build, ours, theirs: null, ratio: null, ...contest }]
  return peers.map(({ name, goal, times: theirs }) => {
    const ratios = times.map((time, round) => theirs[round] / time)
    const ratio = { median: median(ratios), min: Math.min(...ratios), max: Math.max(...ratios) }
    return { peer: name, build, ours, theirs: median(theirs), ratio, ...contest, goal }
  })
}
