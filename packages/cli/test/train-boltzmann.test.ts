import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { parse } from 'csv-parse/sync'
import { JSDOM } from 'jsdom'
import { ConditionalRbm, type M64, Matrix, Random, splitExamples } from 'lacuna'
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

/** Two outputs that are mostly equal, and mostly on where `a` is; `b` says nothing. */
const random = new Random(1)
const coin = (p = 0.5) => (random.uniform() < p ? 1 : 0)
const rows = Array.from({ length: 300 }, () => {
  const [a, b] = [coin(), coin()]
  const y = coin(a === 1 ? 0.8 : 0.2)
  return { a, b, y, 'z, "too"': (y ^ coin(0.1)) as number }
})
type Column = keyof (typeof rows)[0]

const words = { y: ['FALSE', 'True'], 'z, "too"': ['no', 'Yes'] } as const
const lines = rows.map(row => {
  const [y, z] = [words.y[row.y], words['z, "too"'][row['z, "too"']]]
  return `${z},note,${row.b},${y},${row.a}`
})
const data = table('data.csv', '"z, ""too""",skipped, b,y,a', ...lines, '')
const columns = ['--inputs', 'a,b', '--outputs', 'y,"z, ""too"""']
const names = { inputs: ['a', 'b'], outputs: ['y', 'z, "too"'] } as const
const small = ['--hidden', '4', '--epochs', '60', '--seed', '4', '--learning-rate', '0.2']

/** Columns of rows as a matrix. */
function matrix(of: readonly Column[], from: readonly (typeof rows)[0][] = rows): M64 {
  const values = from.flatMap(row => of.map(name => row[name]))
  return new Matrix(from.length, of.length, Float64Array.from(values))
}

describe('a run from beginning to end', () => {
  let trained: Outcome
  let rbm: ConditionalRbm
  beforeAll(async () => {
    trained = await lacuna([
      ...['train', 'boltzmann', data, ...columns, ...small],
      ...['--out', at('run'), '--json'],
    ])
    rbm = ConditionalRbm.load(read('run', 'checkpoint.safetensors'))
  })

  test('leaves the files of a run and the names of the columns, and prints the figures as JSON', () => {
    expect([trained.code, trained.stderr]).toEqual([
      0,
      expect.stringMatching(/Report: .*run\/report/),
    ])
    const { paths, seconds, ...metrics } = JSON.parse(trained.stdout)
    expect(metrics).toEqual(JSON.parse(read('run', 'metrics.json').toString()))
    expect(seconds).toBeGreaterThan(0)
    for (const path of Object.values<string>(paths)) expect(existsSync(path), path).toBe(true)
    expect(metrics).toMatchObject({ ...names, method: 'exact', hidden: 4, learningRate: 0.2 })
    expect(metrics.epochFigures.length).toBe(60)
    const [first, last] = [metrics.epochFigures[0], metrics.epochFigures.at(-1)]
    expect(last.nll).toBeLessThan(first.nll)
    expect(rbm.columns).toEqual(names)
  })

  test('judges the machine on the rows kept aside, as the library does', () => {
    const { judgement } = JSON.parse(read('run', 'metrics.json').toString())
    const { held, trained } = splitExamples(rows.length, 0.1, 4)
    const kept = [...held].map(i => rows[i]!)
    const [x, y] = [matrix(names.inputs, kept), matrix(names.outputs, kept)]
    expect(judgement.rows).toBe(30)
    const logP = rbm.conditionalLogProbability(y, x)
    expect(judgement.nll).toBeCloseTo(-logP.reduce((sum, value) => sum + value / 30, 0), 12)
    const { best, marginals } = rbm.predict(x)
    const right = kept.map((_, i) => String(best.row(i)) === String(y.row(i)))
    expect(judgement.exactMatch).toBeCloseTo(right.filter(Boolean).length / 30, 12)
    const bits = y.data.filter((bit, i) => bit === (marginals.data[i]! > 0.5 ? 1 : 0)).length
    expect(judgement.bitsRight).toBeCloseTo(bits / 60, 12)
    const alone = names.outputs.map(name => {
      const p = ([...trained].filter(i => rows[i]![name] === 1).length + 1) / (trained.length + 2)
      return kept.reduce((sum, row) => sum - Math.log(row[name] === 1 ? p : 1 - p) / 30, 0)
    })
    expect(judgement.independentNll).toBeCloseTo(alone[0]! + alone[1]!, 12)
    expect(judgement.nll).toBeLessThan(judgement.independentNll - 0.1)
  })

  test('predicts by name what the machine says, and log p of what is observed', async () => {
    const { code, stdout } = await lacuna([
      ...['predict', at('run', 'checkpoint.safetensors'), data],
      ...['-o', at('out', 'p.csv'), '--json'],
    ])
    expect(code).toBe(0)
    const [heading, ...lines] = parse(read('out', 'p.csv')) as string[][]
    expect(heading).toEqual([
      ...['y_p', 'z, "too"_p', 'marginals', 'y_best', 'z, "too"_best', 'best'],
      ...['best_log_probability', 'log_probability'],
    ])
    const [x, y] = [matrix(names.inputs), matrix(names.outputs)]
    const { marginals, best, logProbability } = rbm.predict(x)
    const logP = rbm.conditionalLogProbability(y, x)
    expect(lines.length).toBe(rows.length)
    lines.forEach((line, i) => {
      expect(line.slice(0, 2).map(Number)).toEqual([...marginals.row(i)])
      expect([line[2], line[5]]).toEqual(['exact', 'proven'])
      expect(line.slice(3, 5).map(Number)).toEqual([...best.row(i)])
      expect(Number(line[6])).toBe(logProbability[i])
      expect(Number(line[7])).toBeCloseTo(logP[i]!, 12)
    })
    const summary = JSON.parse(stdout)
    expect(summary).toMatchObject({ rows: 300, observed: 300, ...names, samples: 0 })
    expect(summary.meanLogProbability).toBeCloseTo(
      logP.reduce((sum, value) => sum + value / 300, 0),
      12,
    )
  })

  test('draws samples of the probabilities that it tells, the same for the same seed', async () => {
    const ask = table('ask.csv', 'y,"z, ""too""",a,b', ',1,1,no', '1,0,True,0')
    const draw = async (seed: string) => {
      const { code } = await lacuna([
        ...['predict', at('run', 'checkpoint.safetensors'), ask, '-o', at('drawn.csv')],
        ...['--samples', '1000', '--seed', seed],
      ])
      expect(code).toBe(0)
      return (parse(read('drawn.csv')) as string[][]).slice(1)
    }
    const [missing, given] = await draw('7')
    expect(missing!.slice(0, 7)).toEqual(given!.slice(0, 7))
    expect([missing![9], Number.isFinite(Number(given![9]))]).toEqual(['', true])
    const [y, z] = [given![7]!.split(';').map(Number), given![8]!.split(';').map(Number)]
    expect([y.length, z.length]).toEqual([1000, 1000])
    // χ² of the four outcomes, given a = 1 and b = 0; 16.27 is passed once in a thousand.
    const outcomes = new Matrix(4, 2, Float64Array.of(0, 0, 0, 1, 1, 0, 1, 1))
    const x = new Matrix(4, 2, Float64Array.of(1, 0, 1, 0, 1, 0, 1, 0))
    const chiSquare = rbm.conditionalLogProbability(outcomes, x).reduce((sum, logP, outcome) => {
      const expected = 1000 * Math.exp(logP)
      const seen = y.filter((bit, i) => 2 * bit + z[i]! === outcome).length
      return sum + (seen - expected) ** 2 / expected
    }, 0)
    expect(chiSquare).toBeLessThan(16.27)
    expect(await draw('7')).toEqual([missing, given])
    expect(await draw('8')).not.toEqual([missing, given])
  })

  test('refuses what is for mixtures, and a cell that is no bit', async () => {
    const predict = ['predict', at('run', 'checkpoint.safetensors')]
    const quantiles = await lacuna([...predict, data, '-o', at('no.csv'), '--quantiles', '.5'])
    expect(quantiles.stderr).toMatch(/LACUNA_E_OPTION: --quantiles are for mixtures/)
    const late = table('late.csv', 'a,b', '1,0', '1,2')
    const wrong = await lacuna([...predict, late, '-o', at('no.csv')])
    expect(wrong.stderr).toMatch(
      /LACUNA_E_TABLE: .*late\.csv, row 2 \(line 3\), column "b": "2" is/,
    )
    expect([quantiles.code, wrong.code, existsSync(at('no.csv'))]).toEqual([1, 1, false])
  })

  test('the report shows weights, curves and probabilities, and stands alone', () => {
    const html = read('run', 'report.html').toString()
    const { document } = new JSDOM(html).window
    expect(document.title).toBe('y, z, "too" given a, b')
    expect(html).not.toMatch(/<script|<link|https?:(?!\/\/www\.w3\.org)/)
    const labels = [...document.querySelectorAll('svg')].map(svg => svg.getAttribute('aria-label'))
    expect(labels).toEqual([
      expect.stringMatching(
        /^The couplings of each column with each hidden unit; the largest is \d/,
      ),
      'Mean of −log p of the rows trained on, in nats',
      'Log pseudo-likelihood, in nats',
      'Free-energy gap, in nats',
      'Squared error of a bit’s reconstruction',
    ])
    const weights = document.querySelector('svg')!
    const texts = [...weights.querySelectorAll('text')].map(({ textContent }) => textContent)
    expect(texts).toEqual(['a', 'b', 'y', 'z, "too"', '1', '2', '3', '4'])
    const tables = [...document.querySelectorAll('table.probabilities')]
    expect(tables.length).toBe(4)
    const question = Float64Array.from([0, 1, 2, 3].flatMap(n => [n >> 1, n & 1]))
    for (const table of tables) {
      const cells = [...table.querySelectorAll('tbody tr')].map(tr =>
        [...tr.querySelectorAll('td')].map(td => Number.parseFloat(td.textContent!)),
      )
      expect(cells.length).toBe(4)
      for (const column of [2, 3])
        expect(cells.reduce((sum, row) => sum + row[column]!, 0)).toBeCloseTo(100, 0)
    }
    const heard = [...document.querySelectorAll('p')].map(({ textContent }) => textContent)
    for (let n = 0; n < 4; n++) {
      const [a, b] = question.subarray(2 * n, 2 * n + 2)
      const count = rows.filter(row => row.a === a && row.b === b).length
      expect(heard).toContain(`a = ${a}, b = ${b}: ${count} rows`)
    }
    expect(document.querySelector('pre')!.textContent).toBe(
      'lacuna train boltzmann TABLE --inputs a,b --outputs \'y,"z, ""too"""\' --hidden 4 --method exact --sweeps 5 --learning-rate 0.2 --epochs 60 --seed 4',
    )
  })
})

test('without inputs it learns how columns go together, and predicts for rows of anything', async () => {
  const { code, stderr } = await lacuna([
    ...['train', 'boltzmann', data, '--outputs', 'a,y', '--method', 'cd', '--sweeps', '2'],
    ...[...small, '--epochs', '5', '--out', at('plain')],
  ])
  expect([code, stderr]).toEqual([0, expect.not.stringMatching(/[Ww]arning/)])
  const html = read('plain', 'report.html').toString()
  expect(html).toContain('<p>All 300 rows</p>')
  expect(html).not.toContain('given')
  const rbm = ConditionalRbm.load(read('plain', 'checkpoint.safetensors'))
  const { marginals } = rbm.predict(new Matrix(1, 0, new Float64Array(0)))
  const others = table('others.csv', 'q', 'x', 'y', 'z')
  const model = at('plain', 'checkpoint.safetensors')
  expect((await lacuna(['predict', model, others, '-o', at('plain.csv')])).code).toBe(0)
  const predicted = (parse(read('plain.csv')) as string[][]).slice(1)
  expect(predicted.length).toBe(3)
  for (const line of predicted) expect(line.slice(0, 2).map(Number)).toEqual([...marginals.data])
})

test('says where it searches and samples, because both layers are too large', async () => {
  const wide = Array.from({ length: 22 }, (_, i) => `c${i}`)
  const bits = Array.from({ length: 30 }, () => wide.map(() => coin()).join(','))
  const path = table('wide.csv', wide.join(','), ...bits)
  const { code, stdout } = await lacuna([
    ...['train', 'boltzmann', path, '--outputs', wide.join(','), '--hidden', '22'],
    ...['--epochs', '1', '--out', at('wide')],
  ])
  expect(code).toBe(0)
  expect(stdout).toMatch(/^Log pseudo-likelihood, in nats: -\d+\.\d+; both layers are too large/)
  expect(JSON.parse(read('wide', 'config.json').toString()).method).toBe('pcd')
  const model = at('wide', 'checkpoint.safetensors')
  await lacuna([
    'predict',
    model,
    table('two.csv', wide.join(','), ...bits.slice(0, 2)),
    '-o',
    at('wide.csv'),
  ])
  const [heading, line] = parse(read('wide.csv')) as string[][]
  const cell = (name: string) => line![heading!.indexOf(name)]
  expect(['marginals', 'best', 'best_log_probability', 'log_probability'].map(cell)).toEqual([
    ...['sampled', 'searched', '', ''],
  ])
})

const wrong: [string, string[], RegExp][] = [
  [
    'a number beside 0 and 1',
    ['x,y', '1,0', '0,2'],
    /row 2 \(line 3\), column "y": "2" is not a bit/,
  ],
  ['a bit with a decimal point', ['x,y', '1.0,0'], /column "x": "1\.0" is not a bit\nWrite 0 or 1/],
  ['a word', ['x,y', 'maybe,0'], /row 1 \(line 2\), column "x": "maybe" is not a bit/],
  ['a missing value', ['x,y', 'YES,0', ',true'], /row 2 .*column "x": the value is missing/],
  ['one row', ['x,y', '1,0'], /has one row/],
]
test.each(wrong)('%s is refused', async (_, lines, why) => {
  const { code, stdout, stderr } = await lacuna([
    ...['train', 'boltzmann', table('wrong.csv', ...lines)],
    ...['--inputs', 'x', '--outputs', 'y', '--out', at('wrong')],
  ])
  expect(stderr.replace(/^reading: .*\n/, '')).toMatch(/^lacuna: LACUNA_E_TABLE: /)
  expect(stderr).toMatch(why)
  expect([code, stdout, existsSync(at('wrong'))]).toEqual([1, '', false])
})

test('options that cannot be are refused', async () => {
  const train = ['train', 'boltzmann', data]
  for (const [args, why] of [
    [train, /LACUNA_E_TABLE: .*column "skipped": "note" is not a bit/],
    [[...train, '--inputs', 'skipped,b,y,a,"z, ""too"""'], /LACUNA_E_OPTION: no column is left/],
    [[...train, '--inputs', 'y', '--outputs', 'y'], /"y" cannot be both/],
    [[...train, ...columns, '--learning-rate', '0'], /--learning-rate must be a number above 0/],
    [[...train, ...columns, '--method', 'magic'], /LACUNA_E_OPTION: .*magic/],
  ] as const) {
    const { code, stderr } = await lacuna([...args])
    expect([code, stderr]).toEqual([1, expect.stringMatching(why)])
  }
})

test('columns that are not named are outputs; those that are constant are counted', async () => {
  const bits = Array.from({ length: 20 }, (_, i) => `${i % 2},${(i >> 1) % 2},0,0,1,1`)
  const path = table('others.csv', 'a,b,c,d,e,f', ...bits)
  const { code, stdout, stderr } = await lacuna([
    ...['train', 'boltzmann', path, '--inputs', 'b', '--hidden', '2', '--epochs', '2'],
    ...['--out', at('others'), '--json'],
  ])
  expect(code).toBe(0)
  expect(stderr).toContain('Note: 4 columns are constant, such as "c"')
  expect(JSON.parse(stdout)).toMatchObject({ inputs: ['b'], outputs: ['a', 'c', 'd', 'e', 'f'] })
})

test.each(['pcd', 'exact'])(
  'stopped by Ctrl-C and killed outright, %s goes on to the bits of a run never stopped',
  async method => {
    const [stopped, straight] = [`stopped-${method}`, `straight-${method}`]
    const train = ['train', 'boltzmann', data]
    const recipe = ['--hidden', '4', '--epochs', '60', '--method', method, ...columns]
    const stopWhen = async (epochs: number, signal: NodeJS.Signals, args: string[]) => {
      const { child, outcome } = start(args)
      const done = () =>
        existsSync(at(stopped, 'metrics.jsonl')) &&
        read(stopped, 'metrics.jsonl').toString().split('\n').length > epochs
      while (child.exitCode === null && !done()) await delay(5)
      child.kill(signal)
      return outcome
    }
    const first = await stopWhen(3, 'SIGINT', [...train, ...recipe, '--out', at(stopped)])
    expect(first.code).toBe(130)
    expect(first.stderr).toMatch(
      /LACUNA_E_ABORTED: stopped after \d+ of 60 epochs\nGo on with: lacuna train boltzmann/,
    )
    const more = [...train, '--resume', '--out', at(stopped)]
    expect((await stopWhen(15, 'SIGKILL', more)).code).toBe(null)
    const refused = await lacuna([...more, '--hidden', '5'])
    expect(refused.stderr).toMatch(/LACUNA_E_RESUME: .*its hidden is 4, not 5/)
    expect((await lacuna(more)).code).toBe(0)
    expect((await lacuna([...train, ...recipe, '--out', at(straight)])).code).toBe(0)
    for (const name of readdirSync(at(straight)))
      expect(read(stopped, name).equals(read(straight, name)), name).toBe(true)
  },
)
