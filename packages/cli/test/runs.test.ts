import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { JSDOM } from 'jsdom'
import { type Tensor, writeGrayPng, writeSafetensors } from 'lacuna'
import { beforeAll, describe, expect, test } from 'vitest'
import { sameBits } from '../dist/runs/same-bits.js'
import { sparkLine } from '../dist/runs/spark-line.js'
import { smallFiles, writeFolder } from './digits-folder.js'
import { lacuna, start, temporaryFolder } from './lacuna-command.js'

const folder = temporaryFolder()
const runs = join(folder, 'runs')
const at = (...path: string[]) => join(folder, ...path)
const numbers = at('numbers.csv')
const bits = at('bits.csv')
const images = at('images')
const rows = Array.from({ length: 60 }, (_, i) => [i % 7, (i * i) % 11])
writeFileSync(numbers, ['x,y', ...rows.map(row => row.join())].join('\n'))
writeFileSync(bits, ['a,b', ...rows.map(row => row.map(n => n % 2).join())].join('\n'))
writeFolder(images, smallFiles(60, 20))

const mixture = [
  ...['train', 'mixture', numbers, '--inputs', 'x', '--outputs', 'y'],
  ...['--components', '2', '--hidden', '4', '--epochs', '6', '--out', join(runs, 'mixture')],
]
const commands = {
  mixture,
  boltzmann: [
    ...['train', 'boltzmann', bits, '--inputs', 'a', '--outputs', 'b', '--hidden', '2'],
    ...['--epochs', '4', '--out', join(runs, 'boltzmann')],
  ],
  inpainter: [
    ...['train', 'inpainter', '--data', images, '--recipe', 'any', '--steps', '4'],
    ...['--out', join(runs, 'inpainter')],
  ],
  sheet: [
    ...['sheet', '--data', images, '--train-size', '60', '--epochs', '2'],
    ...['--out', join(runs, 'sheet')],
  ],
}
const kinds = Object.keys(commands) as (keyof typeof commands)[]

beforeAll(async () => {
  for (const kind of kinds) {
    const { code, stderr } = await lacuna(commands[kind])
    expect([code, stderr]).toEqual([0, expect.any(String)])
  }
})

describe('lacuna runs', () => {
  test('lists the runs of every family with their figures', async () => {
    const { code, stdout, stderr } = await lacuna(['runs', runs])
    expect([code, stderr]).toEqual([0, ''])
    const lines = stdout.trim().split('\n').slice(1)
    expect(lines.map(line => line.split(/ {2,}/).slice(0, 4))).toEqual([
      ['boltzmann', 'boltzmann', '2 hidden, exact, seed 1', 'finished'],
      ['inpainter', 'inpainter', 'any, 50 images, seed 1', 'finished'],
      ['mixture', 'mixture', '2 components, 4 hidden, seed 1', 'finished'],
      ['sheet', 'sheet', 'log, 60 images, seed 10', 'finished'],
    ])
    const { stdout: json } = await lacuna(['runs', join(runs, 'mixture'), '--json'])
    const [run] = JSON.parse(json)
    const records = readFileSync(join(runs, 'mixture', 'metrics.jsonl'), 'utf8')
      .trim()
      .split('\n')
    expect(run.curve).toEqual(records.map(record => JSON.parse(record).validationNll))
    expect(lines[2]).toContain(Math.min(...run.curve).toFixed(4))
    expect(run.config).toMatchObject({ model: 'mixture', epochs: 6, components: 2 })
  })

  test('notes what cannot be read, and says where there is none', async () => {
    cpSync(join(runs, 'mixture'), at('odd', 'torn'), { recursive: true })
    writeFileSync(at('odd', 'torn', 'config.json'), '{"epochs":')
    const { code, stderr } = await lacuna(['runs', at('odd')])
    expect([code, stderr]).toEqual([0, expect.stringMatching(/Cannot be read: torn: LACUNA_E_RES/)])
    mkdirSync(at('empty'))
    expect((await lacuna(['runs', at('empty')])).stderr).toContain('holds no run')
    const absent = await lacuna(['runs', at('absent')])
    expect([absent.code, absent.stderr]).toEqual([1, expect.stringMatching(/LACUNA_E_DATA/)])
  })

  test('draws the curves of runs that can be compared into one picture, with their names', async () => {
    const [all, page] = [at('all'), at('pages', 'runs <1>.html')]
    cpSync(runs, all, { recursive: true })
    cpSync(join(runs, 'mixture'), join(all, 'another <mixture>'), { recursive: true })
    mkdirSync(join(all, 'torn'))
    writeFileSync(join(all, 'torn', 'config.json'), '{')
    const { code, stdout } = await lacuna(['runs', all, '--report', page])
    expect([code, stdout]).toEqual([0, expect.stringContaining(`Report: ${page}`)])
    const { document } = new JSDOM(readFileSync(page, 'utf8')).window
    const texts = (of: string) => [...document.querySelectorAll(of)].map(e => e.textContent!.trim())
    expect(texts('h2').slice(0, -1)).toEqual([
      'mixture: y given x, 60 rows',
      'boltzmann: b given a, 60 rows',
      'inpainter: the images of a folder',
      'sheet: the images of a folder',
    ])
    expect(texts('tbody th')).toEqual([
      expect.stringMatching(/^another <mixture>2 components/),
      expect.stringMatching(/^mixture2 components/),
      ...['boltzmann2 hidden', 'inpainterany', 'sheetlog'].map(name =>
        expect.stringContaining(name),
      ),
    ])
    const lines = document.querySelector('.curve')!.querySelectorAll('[aria-label="line"]')
    const samples = document.querySelector('table')!.querySelectorAll('.sample path')
    expect([...lines].map(line => line.getAttribute('stroke'))).toEqual(
      [...samples].map(sample => sample.getAttribute('stroke')),
    )
    expect(new Set([...lines].map(line => line.getAttribute('stroke'))).size).toBe(2)
    // A point for each of six epochs.
    for (const line of lines)
      expect(line.querySelector('path')!.getAttribute('d')!.match(/[ML]/g)!.length).toBe(6)
    expect(document.body.textContent).toContain('Cannot be read: torn: LACUNA_E_RESUME')
  })

  test('a curve is drawn from its lowest to its highest value', () => {
    expect(sparkLine([0, 1, 2, 3, 4, 5, 6, 7], 8)).toBe('▁▂▃▄▅▆▇█')
    expect(sparkLine([0, 2, 7, 7], 2)).toBe('▁█')
    expect(sparkLine([3, 3], 8)).toBe('▁▁')
    expect(sparkLine([], 8)).toBe('')
  })
})

describe('lacuna replay', () => {
  test.each(kinds)('a run of %s leaves the same bits', async kind => {
    const { code, stdout, stderr } = await lacuna(['replay', join(runs, kind), '--json'])
    expect([code, stderr]).toEqual([0, expect.stringMatching(/Repeating lacuna /)])
    const { same, files } = JSON.parse(stdout)
    expect(same).toBe(true)
    for (const name of [
      'checkpoint.safetensors',
      'state.safetensors',
      'metrics.json',
      'report.html',
    ])
      expect(files).toContain(name)
  })

  test('names the first difference', async () => {
    const [first, second] = [join(runs, 'mixture'), at('forged')]
    cpSync(first, second, { recursive: true })
    expect(await sameBits(first, second)).toContain('report.html')
    const differs = (where: RegExp) =>
      expect(sameBits(first, second)).rejects.toThrow(
        expect.objectContaining({ code: 'LACUNA_E_REPLAY', message: expect.stringMatching(where) }),
      )
    const checkpoint = readFileSync(at('forged', 'checkpoint.safetensors'))
    checkpoint[checkpoint.length - 1]! ^= 1
    writeFileSync(at('forged', 'checkpoint.safetensors'), checkpoint)
    await differs(/every epoch is the same, but not checkpoint\.safetensors$/)
    const records = readFileSync(at('forged', 'metrics.jsonl'), 'utf8').split('\n')
    records[3] = records[3]!.replace(/"nll":-?\d/, '"nll":8')
    writeFileSync(at('forged', 'metrics.jsonl'), records.join('\n'))
    await differs(/they part in line 4 of metrics\.jsonl/)
    writeFileSync(at('forged', 'metrics.jsonl'), records.slice(0, 2).join('\n'))
    await differs(/they part in line 3 of metrics\.jsonl/)
  })

  test('finds moved data by --data, and refuses others and unfinished runs', async () => {
    cpSync(join(runs, 'mixture'), at('moved'), { recursive: true })
    writeFileSync(at('moved', 'source.json'), JSON.stringify({ path: at('gone.csv') }))
    expect((await lacuna(['replay', at('moved')])).stderr).toMatch(/LACUNA_E_TABLE.*[\s\S]*_REPLAY/)
    const other = await lacuna(['replay', at('moved'), '--data', numbers, '--out', at('moved')])
    expect(other.stderr).toMatch(/LACUNA_E_OPTION: --out must not be/)
    const out = ['--out', at('second')]
    expect((await lacuna(['replay', at('moved'), '--data', numbers, ...out])).code).toBe(0)
    expect(existsSync(at('second', 'report.html'))).toBe(true)
    writeFileSync(at('moved', 'source.json'), '{')
    expect((await lacuna(['replay', at('moved')])).stderr).toMatch(/LACUNA_E_OPTION.*data lie/)
    renameSync(at('moved', 'report.html'), at('report.html'))
    expect((await lacuna(['replay', at('moved')])).stderr).toMatch(/LACUNA_E_REPLAY.*not finished/)
  })
})

describe('lacuna inspect', () => {
  test('says what a checkpoint is, and of which run', async () => {
    const { stdout } = await lacuna(['inspect', join(runs, 'mixture', 'checkpoint.safetensors')])
    expect(stdout).toMatch(/model +mixture-density-network\n/)
    expect(stdout).toMatch(/network\.0\.weight +float32 +4×1 /)
    expect(stdout).toContain('lacuna train mixture TABLE --inputs x --outputs y --components 2')
  })

  test('finds values that are not finite', async () => {
    const data = Float32Array.of(1, Number.NaN, -2, Infinity)
    const none = { shape: [0], data: new Uint8Array(0) }
    const tensors = new Map<string, Tensor>([['w', { shape: [2, 2], data }]]).set('none', none)
    writeFileSync(at('odd.safetensors'), writeSafetensors(tensors))
    const { stdout } = await lacuna(['inspect', at('odd.safetensors'), '--json'])
    expect(JSON.parse(stdout).tensors).toEqual([
      { name: 'w', type: 'float32', shape: [2, 2], least: -2, most: 1, notFinite: 2 },
      { name: 'none', type: 'uint8', shape: [0], notFinite: 0 },
    ])
  })

  test('says what a picture is, and the texts in it', async () => {
    const text = { Software: 'lacuna 0.1.0', 'Lacuna method': 'window' }
    writeFileSync(at('whole.png'), await writeGrayPng(new Uint8Array(6), 3, 2, text))
    const { stdout } = await lacuna(['inspect', at('whole.png')])
    expect(stdout).toBe(
      'PNG, 3×2 pixels of 8 bits, gray\n  Software        lacuna 0.1.0\n  Lacuna method   window\n',
    )
  })

  test('does not let what it reads act on the terminal', async () => {
    const tensors = new Map([['w\u0007', { shape: [1], data: Float32Array.of(1) }]])
    const bytes = writeSafetensors(tensors, { note: 'window\u001b[2J\u009b1mred' })
    writeFileSync(at('hostile.safetensors'), bytes)
    const { stdout } = await lacuna(['inspect', at('hostile.safetensors')])
    expect(stdout).toContain('window␛[2J␡1mred\n')
    expect(stdout).toContain('w␇ ')
    cpSync(join(runs, 'mixture'), at('named', 'two\nlines\u001b[1m'), { recursive: true })
    expect((await lacuna(['runs', at('named')])).stdout).toMatch(/^two␊lines␛\[1m +mixture /m)
    const { stderr } = await lacuna(['inspect', at('no\u001b[1m')])
    expect(stderr).toMatch(/no␛\[1m/)
    expect(stderr).not.toContain('\u001b')
  })

  test('refuses what is neither, or damaged, naming the file', async () => {
    const checkpoint = readFileSync(join(runs, 'mixture', 'checkpoint.safetensors'))
    writeFileSync(at('half.safetensors'), checkpoint.subarray(0, checkpoint.length / 2))
    const refused = async (file: string) => (await lacuna(['inspect', file])).stderr
    expect(await refused(at('half.safetensors'))).toMatch(/LACUNA_E_SAFETENSORS: .*half\.safet/)
    expect(await refused(numbers)).toMatch(/LACUNA_E_INSPECT: .*numbers\.csv is neither/)
    expect(await refused(at('absent'))).toMatch(/LACUNA_E_INSPECT: cannot read .*absent/)
  })
})

describe('two trainers', () => {
  test('the second is refused while the first goes on, and goes on with it when it was killed', async () => {
    const out = ['--out', join(runs, 'shared')]
    const long = [...mixture.slice(0, -4), '--epochs', '100000', ...out]
    const { child, outcome } = start(long)
    while (!existsSync(join(runs, 'shared', 'checkpoint.safetensors'))) await delay(10)
    for (const args of [
      [...mixture.slice(0, -2), ...out],
      [...long, '--resume'],
    ]) {
      const second = await lacuna(args)
      expect(second.code).toBe(1)
      expect(second.stderr).toMatch(
        new RegExp(`LACUNA_E_LOCKED: process ${child.pid} on .*shared\\n`),
      )
    }
    expect((await lacuna(['runs', runs])).stdout).toMatch(
      /shared .* training, \d+ of 100000 epochs/,
    )
    child.kill('SIGKILL')
    await outcome
    expect((await lacuna(['runs', runs])).stdout).toMatch(/shared .* stopped, \d+ of 100000 epochs/)
    expect((await lacuna([...mixture.slice(0, -2), ...out])).code).toBe(0)
  })
})

// A disk of its own needs mounting, which Linux allows in a namespace of one's own, if at all.
const mountable = spawnSync('unshare', ['-rm', 'true']).status === 0
const orSkipped = (name: string) =>
  mountable ? name : `${name} (skipped: no file system can be mounted here)`

describe.skipIf(!mountable)(orSkipped('disks'), () => {
  /** Runs the command on a file system that is mounted for it at `disk`. */
  function on(mount: string, ...args: string[]) {
    const bin = join(import.meta.dirname, '..', 'bin', 'lacuna.js')
    const script = `set -e; mkdir -p "$0"; ${mount}; "$@" || echo "code $?"; ls "$0/run"; cp -r "$0/run" "$0/../left"`
    const command = [process.execPath, bin, ...args]
    return spawnSync('unshare', ['-rm', 'bash', '-c', script, at('disk'), ...command], {
      encoding: 'utf8',
    })
  }

  test('a full disk stops a run with a word, and what was learnt can be gone on with', async () => {
    const args = [...mixture.slice(0, -4), '--epochs', '150']
    const { stdout, stderr } = on(
      'mount -t tmpfs -o size=32k none "$0"',
      ...args,
      '--out',
      at('disk', 'run'),
    )
    expect(stderr).toMatch(
      /LACUNA_E_WRITE: cannot write .*ENOSPC[\s\S]*\d+ of 150 epochs is kept in/,
    )
    expect(stdout).toContain('code 1')
    expect(stdout).not.toContain('.tmp')
    const resumed = await lacuna([...mixture.slice(0, -4), '--resume', '--out', at('left')])
    expect([resumed.code, resumed.stderr]).toEqual([0, expect.any(String)])
    await lacuna([...args, '--out', at('roomy')])
    for (const name of ['checkpoint.safetensors', 'state.safetensors', 'metrics.json'])
      expect(readFileSync(at('left', name)).equals(readFileSync(at('roomy', name))), name).toBe(
        true,
      )
  })

  test('a folder that can only be read is refused, and left as it was', () => {
    cpSync(join(runs, 'mixture'), at('disk', 'run'), { recursive: true })
    const mount = 'mount --bind "$0" "$0"; mount -o remount,ro,bind "$0"'
    for (const more of [[], ['--resume']]) {
      const { stdout, stderr } = on(
        mount,
        ...mixture.slice(0, -2),
        '--out',
        at('disk', 'run'),
        ...more,
      )
      expect(stderr).toMatch(/^lacuna: LACUNA_E_WRITE: cannot write .*EROFS/)
      expect(stdout).toContain('code 1')
    }
  })
})
