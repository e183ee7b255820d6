// Feeds every parser with what it should not get: node bench/fuzz.js [COUNT [PARSER …]], 100,000 each.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { crc32, gzipSync } from 'node:zlib'
import { Command } from '../node_modules/commander/esm.mjs'
import * as options from '../packages/cli/dist/options.js'
import { openRun } from '../packages/cli/dist/runs/known-run.js'
import { bits, numbers } from '../packages/cli/dist/tables/cells.js'
import { Table } from '../packages/cli/dist/tables/table.js'
import { trainClassification } from '../packages/lacuna/dist/boltzmann/classification-training.js'
import { trainRbm } from '../packages/lacuna/dist/boltzmann/training.js'
import * as lacuna from '../packages/lacuna/dist/index.js'
import { trainEpochs } from '../packages/lacuna/dist/inpainting/training.js'
import { trainMixture } from '../packages/lacuna/dist/mixture/training.js'
import { mutated, mutatedHeader, mutatedJson, withRightChecksums } from './mutation.js'
import { serviceParsers } from './service-requests.js'

const { errorCodes, Random } = lacuna
const text = string => new TextEncoder().encode(string)
const ramp = length => Uint8Array.from({ length }, (_, i) => (37 * i) & 255)

/**
 * Models whose checkpoints are read, each small and untrained, and the training that goes on with a
 * state of each, as its worker does.
 */
function models() {
  const { EnergyInpainter, MixtureDensityNetwork, ConditionalRbm, ClassificationRbm } = lacuna
  const image = { height: 8, width: 8 }
  const matrix = cols => ({ rows: 12, cols, data: Float32Array.from(ramp(12 * cols), v => v & 1) })
  const of = (model, options, train, job) => {
    const checkpoint = model.create({ seed: 1, ...options }).save()
    return {
      model,
      checkpoint,
      train: resume =>
        train({ checkpoint, ...job, options: { epochs: 2, threads: 1, ...job.options, resume } }),
    }
  }
  return [
    of(EnergyInpainter, { image, energyHidden: [4], generatorHidden: [4] }, trainEpochs, {
      images: { count: 3, ...image, pixels: ramp(3 * 64) },
      options: { patch: { height: 2, width: 2, jitter: 1 } },
    }),
    of(MixtureDensityNetwork, { inputs: 1, outputs: 2, components: 2, hidden: [3] }, trainMixture, {
      x: matrix(1),
      t: matrix(2),
    }),
    of(ConditionalRbm, { inputs: 2, outputs: 3, hidden: 2 }, trainRbm, {
      bits: ramp(12 * 5).map(v => v & 1),
    }),
    of(ClassificationRbm, { inputs: 4, classes: 3, hidden: 2 }, trainClassification, {
      examples: { x: matrix(4), labels: Uint32Array.from(ramp(12), v => v % 3) },
    }),
  ]
}

/**
 * The parsers: `seeds` are sound inputs, `read` reads one and says false if what it got cannot be,
 * `change` is a way of its own to change an input, `repair` sets right what guards it, and `close` ends
 * what reads.
 */
async function parsers(folder) {
  const idx = [lacuna.writeIdx([3, 4, 5], ramp(60)), lacuna.writeIdx([7], ramp(7))]
  const texts = { Software: 'lacuna', 'Lacuna method': 'window' }
  const pngs = [
    await lacuna.writeGrayPng(ramp(60), 10, 6, texts),
    await lacuna.writeGrayPng(
      Uint16Array.from(ramp(20), v => 257 * v),
      5,
      4,
    ),
    ...(await encoded()),
  ]
  const tensors = new Map([
    ['a', { shape: [2, 3], data: Float32Array.from(ramp(6)) }],
    ['b', { shape: [], data: Float64Array.of(1.5) }],
    ['c', { shape: [4], data: ramp(4) }],
  ])
  const learners = models()
  const checkpoints = learners.map(({ checkpoint }) => checkpoint)
  const csv = [
    'x,y\n1,2\n3,4\n-5e-3,6\n',
    '"a ""b""",y\r\n1,0\r\n0,1\r\n',
    'x;y\n1;2\n',
    'x,y\n1,\n',
    '\ufeffx,y\n1,2\n\n3,4',
  ].map(text)
  const run = {
    mixture: {
      model: 'mixture',
      seed: 1,
      epochs: 2,
      inputs: ['x'],
      outputs: ['y'],
      components: 2,
      hidden: [3],
      covariance: 'isotropic',
      data: { rows: 9, fingerprint: 'crc32:1' },
    },
    sheet: {
      seed: 1,
      epochs: 3,
      trainSize: 20,
      batch: 100,
      learningRate: 0.05,
      loss: 'log',
      data: { name: 'strokes', fingerprint: 'sha256:0' },
    },
  }
  const state = 'the state'
  const checksum = crc32(state).toString(16).padStart(8, '0')
  const metrics = `${JSON.stringify({ epoch: 0, nll: 1, validationNll: 1, best: 0, state: checksum })}\n`
  mkdirSync(join(folder, 'run'))
  writeFileSync(join(folder, 'run', 'state.safetensors'), state)
  const [table, config, lines] = ['table.csv', 'run/config.json', 'run/metrics.jsonl'].map(name =>
    join(folder, name),
  )
  const signal = new AbortController().signal
  return {
    idx: {
      seeds: [...idx, ...idx.map(bytes => gzipSync(bytes))],
      read: async bytes => {
        const { shape, data } = await lacuna.readIdx(bytes)
        return bytes[0] === 0x1f || Buffer.compare(lacuna.writeIdx(shape, data), bytes) === 0
      },
    },
    png: {
      seeds: pngs,
      repair: withRightChecksums,
      read: async bytes => {
        const { width, height, levels, alpha } = await lacuna.readGrayPng(bytes)
        return (
          levels.length === width * height && (alpha?.length ?? levels.length) === levels.length
        )
      },
    },
    safetensors: {
      change: mutatedHeader,
      seeds: [lacuna.writeSafetensors(tensors, { seed: '7' }), ...checkpoints],
      read: bytes => {
        const { tensors: read } = lacuna.readSafetensors(bytes)
        return [...read.values()].every(
          ({ shape, data }) => shape.reduce((n, m) => n * m, 1) === data.length,
        )
      },
    },
    checkpoint: {
      change: mutatedHeader,
      seeds: checkpoints,
      read: bytes => {
        // It is at most one of the models; what can be loaded can be saved and loaded again.
        const errors = learners.map(({ model }) =>
          refusal(() => model.load(model.load(bytes).save())),
        )
        const [refused, ...others] = errors.filter(error => error)
        if (others.length + 1 === learners.length) throw refused
        return others.length + 2 === learners.length
      },
    },
    state: {
      change: mutatedHeader,
      seeds: learners.map(({ train }) => stateOf(train().next().value)),
      read: bytes => {
        // It is the state of at most one of the trainings, which goes on to states that are sound.
        const errors = learners.map(({ train }) =>
          refusal(() => {
            for (const progress of train(bytes)) lacuna.readSafetensors(stateOf(progress))
          }),
        )
        const [refused, ...others] = errors.filter(error => error)
        if (others.length + 1 === learners.length) throw refused
        return others.length + 2 === learners.length
      },
    },
    csv: {
      seeds: csv,
      read: async bytes => {
        writeFileSync(table, bytes)
        const opened = await Table.open(table, signal)
        const names = opened.columns.slice(0, 2)
        for (const cells of [numbers, bits])
          for await (const { values } of opened.chunks(names, { cells, rows: 3 }, signal))
            if (!values.data.every(Number.isFinite) || values.cols !== names.length) return false
        return true
      },
    },
    configuration: {
      change: (random, bytes) => text(mutatedJson(random, new TextDecoder().decode(bytes))),
      seeds: [...Object.values(run).map(config => text(JSON.stringify(config))), text(metrics)],
      read: async bytes => {
        writeFileSync(config, bytes)
        writeFileSync(lines, bytes.length % 2 === 0 ? metrics : bytes)
        const { folder: opened, family } = await openRun(join(folder, 'run'))
        return family.words(opened.config, 'data').every(word => typeof word === 'string')
      },
    },
    options: {
      seeds: ['12', '0', '0.5,0.25', 'a,b', '"a,b",c', '1e3', './a', '9'.repeat(20), '--', 'é'].map(
        text,
      ),
      read: bytes => {
        const value = new TextDecoder().decode(bytes)
        const errors = Object.entries(optionReaders).map(([name, reader]) =>
          refusal(() => {
            const program = new Command().exitOverride().option('--it <value>', '', reader)
            program.parse(['--it', value], { from: 'user' })
            if (!isSound[name](program.opts().it)) throw new Error(`${name} of ${value}`)
          }),
        )
        if (errors.every(error => error)) throw errors[0]
        return true
      },
    },
    ...serviceParsers(folder),
  }
}

/** The state in what a training reports; an inpainter's report is its epoch. */
function stateOf(report) {
  return report.epoch?.state ?? report.state
}

/** Whether an error is of the table; the class has a twin for each bundle that holds it. */
function isCoded(error) {
  return error?.name === 'LacunaError' && Object.hasOwn(errorCodes, error.code)
}

/** The coded error that something throws, if it does. */
function refusal(work) {
  try {
    work()
  } catch (error) {
    if (isCoded(error)) return error
    throw error
  }
}

const optionReaders = {
  whole: options.wholeNumber('--it', 1, 100),
  wholes: options.wholeNumbers('--it', 0, 9),
  names: options.names('--it'),
  positive: options.positiveNumber('--it'),
  probabilities: options.probabilities('--it'),
  path: options.path('--it'),
}
const isSound = {
  whole: n => Number.isInteger(n) && n >= 1 && n <= 100,
  wholes: list => list.length > 0 && list.every(n => Number.isInteger(n) && n >= 0 && n <= 9),
  names: list => list.length > 0 && new Set(list).size === list.length && !list.includes(''),
  positive: n => n > 0 && n < Number.POSITIVE_INFINITY,
  probabilities: list => list.length > 0 && list.every(p => p > 0 && p < 1),
  path: path => path !== '' && !path.includes('\0'),
}

/** Pictures of every colour type. */
async function encoded() {
  const { encode } = await import('fast-png')
  const palette = [
    [0, 0, 0],
    [200, 10, 90],
  ]
  return [
    encode({ width: 4, height: 3, data: ramp(36), channels: 3, depth: 8 }),
    encode({ width: 4, height: 3, data: ramp(24), channels: 2, depth: 8 }),
    encode({ width: 4, height: 3, data: ramp(3), channels: 1, depth: 1 }),
    encode({ width: 2, height: 1, data: Uint8Array.of(1, 0), channels: 1, depth: 8, palette }),
  ]
}

/**
 * Reads mutated inputs. Each must be read to something sound or be refused with a code of the table.
 * @param {{ seed: number, count: number, only?: string[] }} options inputs for each parser
 * @returns {Promise<Record<string, { read: number, refused: Record<string, number>, slowest: number,
 *   faults: { why: string, base64: string }[] }>>} `slowest` in milliseconds
 */
export async function fuzz({ seed, count, only }) {
  const folder = mkdtempSync(join(tmpdir(), 'lacuna-fuzz-'))
  const results = {}
  try {
    for (const [name, parser] of Object.entries(await parsers(folder))) {
      const { seeds, read, repair, change, close } = parser
      if (only && !only.includes(name)) continue
      const random = new Random(seed)
      const result = { read: 0, refused: {}, slowest: 0, faults: [] }
      results[name] = result
      for (let i = 0; i < count; i++) {
        const pick = () => seeds[random.integer(0, seeds.length)]
        let bytes =
          random.uniform() < 0.5 && change
            ? change(random, pick())
            : mutated(random, pick(), pick())
        if (repair && random.uniform() < 0.8) bytes = repair(bytes)
        const start = performance.now()
        const why = await faultOf(read, bytes, result)
        result.slowest = Math.max(result.slowest, performance.now() - start)
        if (why) result.faults.push({ why, base64: Buffer.from(bytes).toString('base64') })
      }
      await close?.()
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
  return results
}

/** What is wrong with how an input was taken; undefined if nothing is. */
async function faultOf(read, bytes, result) {
  try {
    if ((await read(bytes)) === false) return 'what was read is not what was there'
    result.read++
  } catch (error) {
    if (!isCoded(error)) return String(error?.stack ?? error)
    if (error.hint === '') return `${error.code} without a hint`
    result.refused[error.code] = (result.refused[error.code] ?? 0) + 1
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [count = '100000', ...only] = process.argv.slice(2)
  const results = await fuzz({ seed: 1, count: Number(count), ...(only.length > 0 && { only }) })
  for (const [name, { faults, ...result }] of Object.entries(results)) {
    console.log(name, result)
    for (const fault of faults.slice(0, 5)) console.log(fault)
  }
  console.log(`peak memory ${Math.round(process.resourceUsage().maxRSS / 1024)} MB`)
  process.exitCode = Object.values(results).every(({ faults }) => faults.length === 0) ? 0 : 1
}
