import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { RunFolder } from '../dist/run-folder.js'
import { isSheetConfig, type SheetRun } from '../dist/sheet/run.js'
import { temporaryFolder } from './lacuna-command.js'

const config = {
  seed: 1,
  epochs: 3,
  trainSize: 20,
  batch: 100,
  learningRate: 0.05,
  loss: 'log',
  data: { name: 'strokes', fingerprint: 'sha256:0' },
}
const state = (epoch: number) => new TextEncoder().encode(`the state after epoch ${epoch}`)
const checkpoint = (epoch: number) => new TextEncoder().encode(`the weights after epoch ${epoch}`)
const epochs = [0, 1, 2].map(epoch => ({
  epoch,
  loss: 0.1 + epoch,
  meanLoss: 0.2 + epoch,
  state: state(epoch),
}))
const [records, checkpointFile, stateFile] = [
  'metrics.jsonl',
  'checkpoint.safetensors',
  'state.safetensors',
] as const

const open = (path: string): Promise<SheetRun> => RunFolder.open(path, isSheetConfig)

/** A run of three epochs, and for each a copy of its folder as it was at the epoch's end. */
async function finishedRun(): Promise<{ path: string; after: string[] }> {
  const folder = temporaryFolder()
  const path = join(folder, 'run')
  const run: SheetRun = await RunFolder.create(path, config)
  const after: string[] = []
  for (const epoch of epochs) {
    await run.keep(epoch, checkpoint(epoch.epoch))
    const copy = join(folder, `after-${epoch.epoch}`)
    mkdirSync(copy)
    for (const name of readdirSync(path)) copyFileSync(join(path, name), join(copy, name))
    after.push(copy)
  }
  return { path, after }
}

test('a finished run opens with all its epochs', async () => {
  const { path } = await finishedRun()
  const run = await open(path)
  expect(run.config).toEqual(config)
  expect(run.records.map(({ epoch, loss }) => [epoch, loss])).toEqual([
    [0, 0.1],
    [1, 1.1],
    [2, 2.1],
  ])
  expect(Buffer.from(run.state!).toString()).toBe('the state after epoch 2')
  expect(readdirSync(path).sort()).toEqual(
    [checkpointFile, 'config.json', records, stateFile].sort(),
  )
})

test('killed between any two writes, it goes on from the last state and loses nothing', async () => {
  const { after } = await finishedRun()
  // At the end of epoch 2 the files change in this order.
  for (let written = 0; written <= 3; written++) {
    const path = temporaryFolder()
    const names = [records, checkpointFile, stateFile]
    copyFileSync(join(after[1]!, 'config.json'), join(path, 'config.json'))
    for (const [i, name] of names.entries())
      copyFileSync(join(after[i < written ? 2 : 1]!, name), join(path, name))
    const last = written === 3 ? 2 : 1
    const run = await (await open(path)).goOn(3)
    expect(Buffer.from(run.state!).equals(state(last))).toBe(true)
    for (const epoch of epochs.slice(last + 1)) await run.keep(epoch, checkpoint(epoch.epoch))
    for (const name of readdirSync(after[2]!))
      expect(readFileSync(join(path, name)).equals(readFileSync(join(after[2]!, name)))).toBe(true)
  }
})

test('the last checkpoint lies beside the one to answer with only where that is of a better epoch', async () => {
  const path = temporaryFolder()
  const run: SheetRun = await RunFolder.create(path, config)
  const last = (epoch: number) => new TextEncoder().encode(`the last weights, ${epoch}`)
  const kept = () => readdirSync(path).filter(name => name.startsWith('checkpoint'))
  await run.keep(epochs[0]!, checkpoint(0))
  await run.keep(epochs[1]!, checkpoint(0), last(1))
  expect(kept()).toEqual(['checkpoint-last.safetensors', checkpointFile])
  expect(readFileSync(join(path, 'checkpoint-last.safetensors')).equals(last(1))).toBe(true)
  await run.keep(epochs[2]!, checkpoint(2))
  expect(kept()).toEqual([checkpointFile])
  await run.keep({ ...epochs[2]!, epoch: 3 }, checkpoint(2), last(3))
  await RunFolder.create(path, config)
  expect(kept()).toEqual([])
})

test('what a killed process left half-written is taken away, and nothing else', async () => {
  const { path } = await finishedRun()
  const left = ['.state.safetensors.0123456789ab.tmp', '.lock.json.0123456789ab.tmp']
  const own = ['.notes.tmp', 'state.safetensors.0123456789ab.tmp', '.0123456789ab.tmp']
  const before = readdirSync(path)
  for (const resume of [true, false]) {
    for (const name of [...left, ...own]) writeFileSync(join(path, name), 'half')
    if (resume) await (await open(path)).goOn(3)
    else await RunFolder.create(path, config)
    expect(readdirSync(path)).not.toContain(left[0])
    expect(readdirSync(path)).not.toContain(left[1])
    expect(readdirSync(path)).toEqual(expect.arrayContaining(own))
    if (resume) expect(readdirSync(path).sort()).toEqual([...before, ...own].sort())
  }
})

test('a line torn anywhere does not matter', async () => {
  const { after } = await finishedRun()
  const whole = readFileSync(join(after[2]!, records))
  const kept = readFileSync(join(after[1]!, records)).length
  for (let length = kept; length < whole.length; length++) {
    writeFileSync(join(after[1]!, records), whole.subarray(0, length))
    const run = await open(after[1]!)
    expect(run.records.length).toBe(2)
  }
})

test('killed before the first epoch ended, it begins at the beginning', async () => {
  const path = temporaryFolder()
  await RunFolder.create(path, config)
  writeFileSync(join(path, records), '{"epoch":0,"loss":0.1,"meanLoss":0.2,"state":"0a"}\n')
  const run = await (await open(path)).goOn(5)
  expect(run.state).toBe(undefined)
  expect(run.records).toEqual([])
  expect(readFileSync(join(path, records), 'utf8')).toBe('')
  expect(JSON.parse(readFileSync(join(path, 'config.json'), 'utf8')).epochs).toBe(5)
})

test('files that do not belong together are refused', async () => {
  const { after } = await finishedRun()
  const refused = (path: string, why: RegExp) =>
    expect(open(path)).rejects.toThrow(
      expect.objectContaining({ code: 'LACUNA_E_RESUME', message: expect.stringMatching(why) }),
    )
  await refused(join(temporaryFolder(), 'none'), /no config\.json/)
  writeFileSync(join(after[0]!, stateFile), 'damaged')
  await refused(after[0]!, /not the state of any epoch/)
  rmSync(join(after[1]!, records))
  await refused(after[1]!, /not the state of any epoch/)
  const lines = readFileSync(join(after[2]!, records), 'utf8').split('\n')
  writeFileSync(join(after[2]!, records), lines.slice(1).join('\n'))
  await refused(after[2]!, /not the state of any epoch/)
})

test('whatever config.json and metrics.jsonl hold, the answer is a run or a coded error', async () => {
  const { path } = await finishedRun()
  const whole = readFileSync(join(path, records), 'utf8')
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(fc.json(), fc.string(), fc.constant(JSON.stringify(config))),
      fc.oneof(fc.json(), fc.string(), fc.constant(whole)),
      async (configuration, lines) => {
        writeFileSync(join(path, 'config.json'), configuration)
        writeFileSync(join(path, records), lines)
        await open(path).then(
          run => expect([run.config, run.records.length]).toEqual([config, 3]),
          error => expect(error.code).toBe('LACUNA_E_RESUME'),
        )
      },
    ),
    { numRuns: 200 },
  )
})

test('a new run takes nothing over from an older one', async () => {
  const { path } = await finishedRun()
  for (const name of ['report.html', 'metrics.json', 'my-notes.txt'])
    writeFileSync(join(path, name), 'older')
  await RunFolder.create(path, { ...config, seed: 2 })
  expect(readdirSync(path).sort()).toEqual(['config.json', 'metrics.jsonl', 'my-notes.txt'])
  expect((await open(path)).state).toBe(undefined)
})
