// Kills trainings at random moments and resumes them: node bench/killed-runs.js [KILLS], 300 by default.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { Random, readSafetensors, strokes, writeIdx } from '../packages/lacuna/dist/index.js'

const bin = fileURLToPath(new URL('../packages/cli/bin/lacuna.js', import.meta.url))

/** Starts the command; `moment` milliseconds later, if given, it is killed. */
async function lacuna(args, moment) {
  const child = spawn(process.execPath, [bin, ...args], { stdio: ['ignore', 'ignore', 'pipe'] })
  let errors = ''
  child.stderr.on('data', chunk => {
    errors += chunk
  })
  const closed = once(child, 'close')
  const controller = new AbortController()
  if (moment !== undefined)
    delay(moment, undefined, controller)
      .then(() => child.kill('SIGKILL'))
      .catch(() => {})
  const [code, signal] = await closed
  controller.abort()
  if (code !== 0 && signal !== 'SIGKILL') throw new Error(`lacuna ${args.join(' ')}: ${errors}`)
  return signal === 'SIGKILL'
}

/** Data of every kind in a folder, and a short training of every family on them. */
function trainings(folder) {
  const rows = Array.from({ length: 60 }, (_, i) => [i % 7, (i * i) % 11])
  const [numbers, bits, images] = ['numbers.csv', 'bits.csv', 'images'].map(name =>
    join(folder, name),
  )
  writeFileSync(numbers, ['x,y,z', ...rows.map(row => [...row, row[0] + row[1]].join())].join('\n'))
  writeFileSync(bits, ['a,b', ...rows.map(row => row.map(n => n % 2).join())].join('\n'))
  mkdirSync(images)
  const { train, test } = strokes({ seed: 3, train: 60, test: 20 })
  for (const [part, { images: pictures, labels }] of Object.entries({ train, t10k: test })) {
    const { count, height, width, pixels } = pictures
    const idx = (name, shape, data) =>
      writeFileSync(join(images, `${part}-${name}-ubyte`), writeIdx(shape, data))
    idx('images-idx3', [count, height, width], pixels)
    idx('labels-idx1', [count], labels)
  }
  const column = (input, output) => ['--inputs', input, '--outputs', output]
  return {
    // One Gaussian and two inputs: no second network to compare with and no map, so that a run is short.
    mixture: [
      ...['train', 'mixture', numbers, ...column('x,y', 'z'), '--components', '1'],
      ...['--hidden', '8', '--epochs', '60'],
    ],
    boltzmann: ['train', 'boltzmann', bits, ...column('a', 'b'), '--epochs', '80'],
    inpainter: ['train', 'inpainter', '--data', images, '--recipe', 'heads', '--steps', '30'],
    sheet: ['sheet', '--data', images, '--train-size', '60', '--epochs', '20'],
  }
}

/** The files of a run by name: equal runs share all of them, byte for byte, and leave no others. */
function filesOf(run) {
  return new Map(readdirSync(run).map(name => [name, readFileSync(join(run, name), 'latin1')]))
}

/**
 * Trains without a stop, and then in runs that are killed at random moments, from the start of the
 * process to the time that the whole training took, and gone on with. A run that is done before its
 * moment has come is compared, and the next one killed instead.
 */
async function killAndResume(folder, words, kills, random) {
  const [straight, out] = [join(folder, 'straight'), join(folder, 'killed')]
  const start = performance.now()
  await lacuna([...words, '--out', straight])
  const whole = performance.now() - start
  const different = []
  let compared = 0
  const go = moment => {
    const resume = existsSync(join(out, 'config.json')) ? ['--resume'] : []
    return lacuna([...words, ...resume, '--out', out], moment)
  }
  const compare = () => {
    compared++
    const [one, other] = [straight, out].map(filesOf)
    for (const name of new Set([...one.keys(), ...other.keys()]))
      if (one.get(name) !== other.get(name)) different.push(name)
    rmSync(out, { recursive: true })
  }
  for (let killed = 0; killed < kills; killed++) {
    while (!(await go(random.uniform() * whole))) compare()
    const checkpoint = join(out, 'checkpoint.safetensors')
    if (existsSync(checkpoint)) readSafetensors(readFileSync(checkpoint)) // it is whole, or it throws
  }
  await go()
  compare()
  return { compared, different }
}

/**
 * Kills short trainings of each family, and resumes them.
 * @param {{ seed: number, kills: number, families?: string[] }} options kills of each family
 * @returns {Promise<{ family: string, compared: number, different: string[] }[]>} how many runs were
 *   compared with those that were never stopped, and which files differed
 */
export async function killedRuns({ seed, kills, families }) {
  const folder = mkdtempSync(join(tmpdir(), 'lacuna-killed-'))
  try {
    const all = Object.entries(trainings(folder))
    const chosen = all.filter(([family]) => families?.includes(family) ?? true)
    return await Promise.all(
      chosen.map(async ([family, words], i) => {
        const found = await killAndResume(
          join(folder, family),
          words,
          kills,
          new Random(seed, 0, i),
        )
        return { family, ...found }
      }),
    )
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const found = await killedRuns({ seed: 1, kills: Math.ceil(Number(process.argv[2] ?? 300) / 4) })
  console.log(found)
  process.exitCode = found.every(({ different }) => different.length === 0) ? 0 : 1
}
