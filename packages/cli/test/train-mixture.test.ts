import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { parse } from 'csv-parse/sync'
import { JSDOM } from 'jsdom'
import { type M64, Matrix, MixtureDensityNetwork, Random, readSafetensors } from 'lacuna'
import { beforeAll, describe, expect, test } from 'vitest'
import { lacuna, type Outcome, start, temporaryFolder } from './lacuna-command.js'

const folder = temporaryFolder()
const at = (...path: string[]) => join(folder, ...path)
const read = (...path: string[]) => readFileSync(at(...path))

/** Writes a table and returns its path. */
function table(name: string, ...lines: string[]): string {
  writeFileSync(at(name), lines.join('\n'))
  return at(name)
}

/** Two branches, y = ±x, so that there are two modes; `b` says nothing, and the columns are shuffled. */
function branches(rows: number): string[] {
  const random = new Random(1)
  return Array.from({ length: rows }, () => {
    const x = 0.5 + random.uniform()
    const y = (random.uniform() < 0.5 ? x : -x) + 0.05 * random.normal()
    return `${y.toFixed(4)},note,${random.uniform().toFixed(3)},${x.toFixed(4)}`
  })
}
const rows = branches(120)
const data = table('data.csv', '"the ""y""", skipped ,b,x', ...rows, '')
const columns = ['--inputs', 'x,b', '--outputs', '"the ""y"""']
const small = ['--components', '3', '--hidden', '8', '--epochs', '60', '--seed', '4']

describe('a run from beginning to end', () => {
  let trained: Outcome
  beforeAll(async () => {
    trained = await lacuna([
      ...['train', 'mixture', data, ...columns, ...small],
      ...['--out', at('run'), '--json'],
    ])
  })

  test('leaves the files of a run, and prints the figures as JSON', () => {
    expect([trained.code, trained.stderr]).toEqual([
      0,
      expect.stringMatching(/Report: .*run\/report/),
    ])
    for (const name of [
      'config.json',
      'metrics.jsonl',
      'metrics.json',
      'learning-curve.svg',
      'state.safetensors',
    ])
      expect(readdirSync(at('run'))).toContain(name)
    const { paths, seconds, ...metrics } = JSON.parse(trained.stdout)
    expect(metrics).toEqual(JSON.parse(read('run', 'metrics.json').toString()))
    expect(seconds).toBeGreaterThan(0)
    for (const path of Object.values<string>(paths)) expect(existsSync(path), path).toBe(true)
    expect(metrics.losses.length).toBe(60)
    expect(metrics.best.validationNll).toBe(
      Math.min(...metrics.losses.map((loss: { validationNll: number }) => loss.validationNll)),
    )
  })

  test('judges the network on the rows kept aside', () => {
    const { judgement, best } = JSON.parse(read('run', 'metrics.json').toString())
    expect(judgement.rows).toBe(12)
    expect(judgement.nll).toBeCloseTo(best.validationNll, 4)
    expect(judgement.gaussianNll).toBeGreaterThan(judgement.nll)
    expect(judgement.oneComponentNll).toBeGreaterThan(judgement.nll)
    const { histogram, coverage, crps } = judgement.calibration
    expect(histogram.reduce((sum: number, count: number) => sum + count, 0)).toBe(12)
    expect(coverage.map(({ level }: { level: number }) => level)).toEqual([0.5, 0.8, 0.95])
    expect(crps).toBeGreaterThan(0)
  })

  test('predicts by name what the model says, with both modes and the density of what is observed', async () => {
    const { code, stdout } = await lacuna([
      ...['predict', at('run', 'checkpoint.safetensors'), data],
      ...['-o', at('out', 'p.csv'), '--quantiles', '.1,0.75', '--json'],
    ])
    expect(code).toBe(0)
    const [heading, ...lines] = parse(read('out', 'p.csv')) as string[][]
    const y = 'the "y"'
    expect(heading).toEqual([
      ...[`${y}_mean`, `${y}_sd`, `${y}_q0.1`, `${y}_q0.75`],
      ...[`${y}_modes`, 'mode_weights', 'log_density'],
    ])
    expect(lines.length).toBe(rows.length)

    const values = rows.map(row => row.split(',').map(Number))
    const matrix = (...of: number[]): M64 =>
      new Matrix(
        rows.length,
        of.length,
        Float64Array.from(values.flatMap(row => of.map(i => row[i]!))),
      )
    const network = MixtureDensityNetwork.load(read('run', 'checkpoint.safetensors'))
    expect(network.architecture.columns).toEqual({ inputs: ['x', 'b'], outputs: [y] })
    const mixture = network.predict(matrix(3, 2))
    const expected = [
      mixture.mean().data,
      mixture.variance().data.map(Math.sqrt),
      mixture.quantile(0.1),
      mixture.quantile(0.75),
    ]
    const modes = mixture.modes()
    const logDensity = mixture.logDensity(matrix(0))
    lines.forEach((line, i) => {
      expect(line.slice(0, 4).map(Number)).toEqual(expected.map(each => each[i]))
      expect(line[4]!.split(';').map(Number)).toEqual(modes[i]!.map(mode => mode.location[0]))
      expect(line[5]!.split(';').map(Number)).toEqual(modes[i]!.map(mode => mode.weight))
      expect(Number(line[6])).toBe(logDensity[i])
    })
    expect(modes.some(each => each.length > 1)).toBe(true)
    const mean = logDensity.reduce((sum, value) => sum + value, 0) / rows.length
    const summary = JSON.parse(stdout)
    expect(summary).toMatchObject({ rows: 120, observed: 120, out: at('out', 'p.csv') })
    expect(summary.meanLogDensity).toBeCloseTo(mean, 12)
  })

  test('predicts in pieces, with and without the outputs, and one row like many', async () => {
    const many = Array.from({ length: 2500 }, (_, i) => rows[i % rows.length]!.split(','))
    const bare = table('bare.csv', 'x,b', ...many.map(([, , b, x]) => `${x},${b}`))
    const half = table('half.csv', 'b,x,"the ""y"""', '0.5,1,', `0.5,1,0.9`)
    const model = at('run', 'checkpoint.safetensors')
    const predict = async (from: string, to: string) => {
      expect((await lacuna(['predict', model, from, '-o', at(to)])).code).toBe(0)
      return (parse(read(to)) as string[][]).slice(1)
    }
    const all = await predict(bare, 'bare-p.csv')
    expect(all.length).toBe(2500)
    expect(all[0]!.length).toBe(7)
    expect(all[2400 + 7]).toEqual(all[7])
    const [missing, given] = await predict(half, 'half-p.csv')
    expect(missing!.slice(0, 7)).toEqual(given!.slice(0, 7))
    expect([missing![7], Number.isFinite(Number(given![7]))]).toEqual(['', true])
  })

  test('a table that will not do leaves an older file as it was', async () => {
    writeFileSync(at('kept.csv'), 'older')
    const before = readdirSync(folder)
    const bad = [...rows.slice(0, 40), '1,2,oops,4'].map(row => row.split(',').slice(2).join(','))
    const { code, stderr } = await lacuna([
      ...['predict', at('run', 'checkpoint.safetensors'), table('late.csv', 'b,x', ...bad)],
      ...['-o', at('kept.csv')],
    ])
    expect(code).toBe(1)
    expect(stderr).toMatch(/LACUNA_E_TABLE: .*late\.csv, row 41 \(line 42\), column "b": "oops"/)
    expect(read('kept.csv').toString()).toBe('older')
    expect(readdirSync(folder).sort()).toEqual([...before, 'late.csv'].sort())
  })
})

test('the report draws the density of one output over one input, and stands alone', async () => {
  const pairs = rows.map(row => row.split(',')).map(([y, , , x]) => `${x},${y}`)
  const path = table('pairs.csv', 'x<1,a & b', ...pairs)
  const { code, stderr } = await lacuna([
    ...['train', 'mixture', path, '--inputs', 'x<1', '--outputs', 'a & b', ...small],
    ...['--epochs', '5', '--out', at('drawn')],
  ])
  expect([code, stderr]).toEqual([0, expect.not.stringMatching(/[Ww]arning/)])
  for (const name of ['density.svg', 'weights.svg', 'learning-curve.svg'])
    expect(read('drawn', name).toString(), name).toMatch(/^<svg .*<\/svg>$/s)
  const html = read('drawn', 'report.html').toString()
  const { document } = new JSDOM(html).window
  expect(document.title).toBe('a & b given x<1')
  expect(html).not.toMatch(/<script|<link|https?:(?!\/\/www\.w3\.org)/)
  const labels = [...document.querySelectorAll('svg')].map(svg => svg.getAttribute('aria-label'))
  expect(labels).toEqual([
    'The density of a & b over x<1',
    'The weight of each component over x<1',
    'The error of each epoch',
    'Histogram of the probability integral transforms',
  ])
  const [density, weights] = document.querySelectorAll('svg')
  expect(density!.querySelectorAll('[aria-label="contour"] path').length).toBeGreaterThan(10)
  const dots = [...density!.querySelectorAll('[aria-label="dot"]')].map(g => g.children.length)
  expect(dots[0]).toBe(120)
  expect(dots[1]).toBeGreaterThan(100)
  expect(weights!.querySelectorAll('[aria-label="line"] path').length).toBeLessThanOrEqual(3)
  expect(document.querySelector('pre')!.textContent).toBe(
    "lacuna train mixture TABLE --inputs 'x<1' --outputs 'a & b' --components 3 --hidden 8 --covariance isotropic --epochs 5 --seed 4",
  )
})

const wrong: [string, string[], RegExp][] = [
  [
    'a word in a cell',
    ['x,y', '1,2', '3,four'],
    /row 2 \(line 3\), column "y": "four" is not a number/,
  ],
  [
    'a missing value',
    ['x,y', '1,2', '', ',4'],
    /row 2 \(line 4\), column "x": the value is missing/,
  ],
  ['a comma as decimal mark', ['x,y', '"1,5",2'], /column "x": "1,5" is not a number/],
  ['a number in words', ['x,y', 'Infinity,2'], /column "x": "Infinity" is not a number/],
  ['a number beyond float32', ['x,y', '1e39,2'], /"1e39" is not a number that float32 can hold/],
  ['a missing column', ['x,z', '1,2'], /no column "y"\nIts first line names "x", "z"/],
  ['a column that is there twice', ['x,y,x', '1,2,3'], /more than one column "x"/],
  ['an empty file', [''], /is empty/],
  ['no rows', ['x,y', ''], /has no rows/],
  ['one row', ['x,y', '1,2'], /has one row/],
  ['a row with too few cells', ['x,y', '1,2', '3'], /cannot read .*line 3/],
  ['a quote that never ends', ['x,y', '1,"2'], /cannot read .*[Qq]uote/],
  ['a line without end', ['x,y', '1'.repeat(1_100_000)], /cannot read .*record/],
]
test.each(wrong)('%s is refused', async (_, lines, why) => {
  const { code, stdout, stderr } = await lacuna([
    ...['train', 'mixture', table('wrong.csv', ...lines)],
    ...['--inputs', 'x', '--outputs', 'y', '--out', at('wrong')],
  ])
  expect(stderr.replace(/^reading: .*\n/, '')).toMatch(/^lacuna: LACUNA_E_TABLE: /)
  expect(stderr).toMatch(why)
  expect(stderr).not.toMatch(/^ +at /m)
  expect([code, stdout, existsSync(at('wrong'))]).toEqual([1, '', false])
})

test('a table or a model that is not there, or is another thing, is refused', async () => {
  const refused = async (args: string[], why: RegExp) => {
    const { code, stderr } = await lacuna(args)
    expect([code, stderr]).toEqual([1, expect.stringMatching(why)])
  }
  const train = ['train', 'mixture']
  await refused([...train, at('none.csv'), ...columns], /LACUNA_E_TABLE: .*none\.csv: it does not/)
  await refused([...train, folder, ...columns], /LACUNA_E_TABLE: cannot read /)
  await refused([...train, data], /LACUNA_E_OPTION: --inputs must name/)
  await refused([...train, data, '--inputs', 'x', '--outputs', 'x'], /"x" cannot be both/)
  await refused([...train, data, '--inputs', 'x,x'], /LACUNA_E_OPTION: --inputs must be different/)
  await refused([...train, data, '--hidden', '3,'], /LACUNA_E_OPTION: --hidden /)
  const predict = (model: string) => ['predict', model, data, '-o', at('never.csv')]
  await refused(predict(at('none')), /LACUNA_E_CHECKPOINT: cannot read /)
  await refused(predict(data), /LACUNA_E_SAFETENSORS: /)
  await refused(
    [...predict(data), '--quantiles', '0.5,1'],
    /LACUNA_E_OPTION: --quantiles .*"0\.5,1"/,
  )
  expect(existsSync(at('never.csv'))).toBe(false)
})

test('constant and collinear columns, and an output that is constant, are learned from and noted', async () => {
  const lines = rows
    .map(row => row.split(','))
    .map(([y, , , x]) => `${x},${2 * Number(x)},5,7,${y}`)
  const path = table('odd.csv', 'x,twice,constant,z,y', ...lines)
  const longer = [...small, '--epochs', '150']
  const train = [...['train', 'mixture', path, ...longer], '--inputs', 'x,twice,constant']
  const { code, stdout, stderr } = await lacuna([...train, '--outputs', 'y,z', '--out', at('odd')])
  expect(code).toBe(0)
  expect(stderr).toContain('Note: column "constant" is constant (5)')
  expect(stderr).toContain('Note: column "z" is constant (7)')
  expect(stderr).toContain('Note: column "twice" is column "x" on another scale')
  expect(stderr).not.toContain('Note: column "x"')
  expect(stdout).toMatch(/^Mean of −log p, in nats: -?\d+\.\d+ on the rows kept aside/)
  expect(JSON.parse(read('odd', 'metrics.json').toString()).judgement.calibration).toBe(undefined)
  expect(read('odd', 'report.html').toString().match(/<svg /g)!.length).toBe(1)
  const predicted = await lacuna([
    ...['predict', at('odd', 'checkpoint.safetensors'), path, '-o', at('odd.out')],
  ])
  expect(predicted.code).toBe(0)
  const [heading, line] = parse(read('odd.out')) as string[][]
  expect(heading).toEqual([
    ...['y_mean', 'y_sd', 'z_mean', 'z_sd', 'y_modes', 'z_modes', 'mode_weights', 'log_density'],
  ])
  expect(Number(line![2])).toBeCloseTo(7, 1)
})

test('where the best epoch is not the last, both are kept, and inspect says which is which', async () => {
  // Nothing to learn but the rows by heart.
  const random = new Random(2)
  const noise = Array.from({ length: 40 }, () => `${random.uniform()},${random.uniform()}`)
  const { code } = await lacuna([
    ...['train', 'mixture', table('noise.csv', 'x,y', ...noise), '--components', '3'],
    ...['--inputs', 'x', '--outputs', 'y', '--epochs', '200', '--out', at('noise')],
  ])
  expect(code).toBe(0)
  const { best, losses } = JSON.parse(read('noise', 'metrics.json').toString())
  const last = losses.length - 1
  expect(best.epoch).toBeLessThan(last)
  const epochOf = (name: string) =>
    JSON.parse(readSafetensors(read('noise', name)).metadata.training!).epochs - 1
  expect(epochOf('checkpoint.safetensors')).toBe(best.epoch)
  expect(epochOf('checkpoint-last.safetensors')).toBe(last)
  const inspect = async (name: string) => (await lacuna(['inspect', at('noise', name)])).stdout
  expect(await inspect('checkpoint.safetensors')).toContain(
    `It is of epoch ${best.epoch}, the best; of the last, ${last}, is checkpoint-last.safetensors.`,
  )
  expect(await inspect('checkpoint-last.safetensors')).toContain(
    `It is of epoch ${last}, the last.`,
  )
  expect(read('noise', 'report.html').toString()).toContain('checkpoint-last.safetensors')
})

/** The folder of a run that is stopped; its name has what shells look at. */
const STOPPED = "it's stopped"

test('stopped by Ctrl-C and killed outright, it goes on to the bits of a run never stopped', async () => {
  const train = ['train', 'mixture', data]
  const recipe = ['--components', '3', '--hidden', '8', '--epochs', '150', ...columns]
  const stopWhen = async (epochs: number, signal: NodeJS.Signals, args: string[]) => {
    const { child, outcome } = start(args)
    const done = () =>
      existsSync(at(STOPPED, 'metrics.jsonl')) &&
      read(STOPPED, 'metrics.jsonl').toString().split('\n').length > epochs
    while (child.exitCode === null && !done()) await delay(10)
    child.kill(signal)
    return outcome
  }
  const first = await stopWhen(3, 'SIGINT', [...train, ...recipe, '--out', at(STOPPED)])
  expect(first.code).toBe(130)
  expect(first.stderr).toMatch(/LACUNA_E_ABORTED: stopped after \d+ of 150 epochs\n/)
  // The folder's name is one word for a shell.
  const word = `'${at(STOPPED).replace("'", `'\\''`)}'`
  expect(first.stderr).toContain(
    `Go on with: lacuna train mixture ${data} --resume --out ${word}\n`,
  )
  const more = [...train, '--resume', '--out', at(STOPPED)]
  expect((await stopWhen(20, 'SIGKILL', more)).code).toBe(null)
  // Nor does it matter what has become of the checkpoint: all that is needed is in the state.
  writeFileSync(at(STOPPED, 'checkpoint.safetensors'), 'half of a checkp')
  const refused = await lacuna([...more, '--components', '4'])
  expect(refused.stderr).toMatch(/LACUNA_E_RESUME: .*its components is 3, not 4/)
  const other = await lacuna([
    ...['train', 'mixture', table('fewer.csv', 'b,x,"the ""y"""', '1,2,3', '4,5,6')],
    ...more.slice(3),
  ])
  expect(other.stderr).toMatch(/LACUNA_E_RESUME: .*it was trained on other rows/)
  expect((await lacuna(more)).code).toBe(0)
  expect((await lacuna([...train, ...recipe, '--out', at('straight')])).code).toBe(0)
  for (const name of readdirSync(at('straight')))
    expect(read(STOPPED, name).equals(read('straight', name)), name).toBe(true)
})
