import { spawnSync } from 'node:child_process'
import { renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ConditionalRbm, EnergyInpainter, writeGrayPng } from 'lacuna'
import { expect, test } from 'vitest'
import { lacuna, type Outcome, start, temporaryFolder } from './lacuna-command.js'

const folder = temporaryFolder()
const model = (seed: number) =>
  EnergyInpainter.create({
    ...{ seed, image: { height: 8, width: 8 }, generatorHidden: [4], energyHidden: [4] },
  }).save()
const file = join(folder, 'digits.safetensors')
writeFileSync(file, model(1))

/** Runs the service while `visit` asks it, and ends it as Ctrl-C does. */
async function whileServing(
  args: string[],
  visit: (url: string, child: ReturnType<typeof start>['child']) => Promise<void>,
  env: NodeJS.ProcessEnv = {},
): Promise<Outcome> {
  const { child, outcome } = start(['serve', '--port', '0', '--json', ...args], env)
  const line = await new Promise<string>((resolve, reject) => {
    child.stdout!.once('data', chunk => resolve(String(chunk)))
    outcome.then(({ stderr }) => reject(new Error(stderr)))
  })
  try {
    await visit(JSON.parse(line).url, child)
  } finally {
    child.kill('SIGINT')
  }
  return outcome
}

test('answers what `lacuna complete` writes, says where it listens, and ends with Ctrl-C', async () => {
  const [picture, hole] = [join(folder, 'digit.png'), join(folder, 'hole.png')]
  const levels = Uint8Array.from({ length: 64 }, (_, j) => 3 * j)
  const png = await writeGrayPng(levels, 8, 8)
  const mask = await writeGrayPng(
    levels.map((_, j) => (j > 20 && j < 30 ? 255 : 0)),
    8,
    8,
  )
  writeFileSync(picture, png)
  writeFileSync(hole, mask)
  const whole = join(folder, 'whole.png')
  const complete = [
    'complete',
    picture,
    '--mask',
    hole,
    '--model',
    file,
    '--seed',
    '1',
    '-o',
    whole,
  ]
  expect((await lacuna(complete)).code).toBe(0)
  const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64')
  const { code, stdout, stderr } = await whileServing(['--model', file], async url => {
    expect((await fetch(`${url}readyz`)).status).toBe(200)
    const response = await fetch(`${url}v1/complete`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'image/png' },
      body: JSON.stringify({ images: [{ image: base64(png), mask: base64(mask) }] }),
    })
    const [{ readGrayPng }, { readFileSync }] = await Promise.all([
      import('lacuna'),
      import('node:fs'),
    ])
    const served = await readGrayPng(new Uint8Array(await response.arrayBuffer()))
    expect(served).toEqual(await readGrayPng(readFileSync(whole)))
  })
  expect(code).toBe(0)
  expect(JSON.parse(stdout)).toEqual({
    url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/$/),
    models: ['digits'],
  })
  const lines = stderr.split('\n').filter(line => line.startsWith('{'))
  expect(lines.map(line => JSON.parse(line).route)).toContain('/v1/complete')
})

test('SIGHUP loads a model anew, and a broken file changes nothing', async () => {
  const { stderr } = await whileServing(['--model', `named=${file}`], async (url, child) => {
    const checkpoint = async () => {
      const { models } = await (await fetch(`${url}v1/models`)).json()
      expect(models[0].name).toBe('named')
      return models[0].checkpoint as string
    }
    const outcome = async (name: string) => {
      for (;;) {
        const text = await (await fetch(`${url}metrics`)).text()
        if (text.includes(`lacuna_reloads_total{outcome="${name}"} 1`)) return
      }
    }
    const before = await checkpoint()
    writeFileSync(`${file}.new`, model(2))
    renameSync(`${file}.new`, file)
    child.kill('SIGHUP')
    await outcome('replaced')
    const after = await checkpoint()
    expect(after).not.toBe(before)
    writeFileSync(file, 'nonsense')
    child.kill('SIGHUP')
    await outcome('kept')
    expect(await checkpoint()).toBe(after)
  })
  expect(stderr).toMatch(/"model":"named","code":"LACUNA_E_SAFETENSORS","reason":/)
  writeFileSync(file, model(1))
})

test('a second request to end ends it there and then', async () => {
  const endless = join(folder, 'bits.safetensors')
  writeFileSync(
    endless,
    ConditionalRbm.create({ seed: 1, inputs: 1, outputs: 2, hidden: 2 }).save(),
  )
  const { code, signal } = await whileServing(['--model', endless], async (url, child) => {
    const body = JSON.stringify({ inputs: Array(256).fill([1]), samples: 1000, sweeps: 10_000 })
    const headers = { 'content-type': 'application/json' }
    const asked = fetch(`${url}v1/sample`, { method: 'POST', headers, body })
    asked.catch(() => {})
    while (!/^lacuna_busy_threads 1$/m.test(await (await fetch(`${url}metrics`)).text()));
    child.kill('SIGTERM')
    // It takes no connection any more, and waits for what it has accepted.
    while (await fetch(`${url}healthz`).catch(() => undefined));
  })
  expect([code, signal]).toEqual([null, 'SIGINT'])
})

const pipe = join(folder, 'pipe')
const hasPipe = spawnSync('mkfifo', [pipe]).status === 0
if (!hasPipe) console.log('skipped, as there are no named pipes: a model that takes long to load')

test.skipIf(!hasPipe)('ends when it is told to, even while a model is loaded', async () => {
  const { child, outcome } = start(['serve', '--port', '0', '--model', pipe])
  const said = (what: string) =>
    new Promise<void>(resolve => {
      let text = ''
      child.stderr!.on('data', piece => {
        text += piece
        if (text.includes(what)) resolve()
      })
    })
  await said('listening')
  const stopped = said('LACUNA_E_ABORTED: stopped')
  child.kill('SIGTERM')
  await stopped
  // Node itself does not end before a file is open that it has begun to open.
  writeFileSync(pipe, '')
  expect((await outcome).code).toBe(130)
})

test('asks for the token of its environment, and listens for others only with one', async () => {
  await whileServing(
    ['--model', file],
    async url => {
      expect((await fetch(`${url}v1/models`)).status).toBe(401)
      const headers = { authorization: 'Bearer secret' }
      expect((await fetch(`${url}v1/models`, { headers })).status).toBe(200)
    },
    { LACUNA_TOKEN: 'secret' },
  )
  for (const [args, env, message] of [
    [['--host', '0.0.0.0'], {}, /LACUNA_E_OPTION: others reach 0\.0\.0\.0/],
    [[], { LACUNA_TOKEN: '' }, /LACUNA_E_OPTION: LACUNA_TOKEN is empty/],
    [['--queue', '0'], {}, /LACUNA_E_OPTION: --queue must be a whole number/],
    [['--model', file], {}, /LACUNA_E_OPTION: two models are called digits/],
    [['--model', `../x=${file}`], {}, /LACUNA_E_CHECKPOINT: the model digits: cannot read .*=/],
    [['--model', 'none.safetensors'], {}, /LACUNA_E_CHECKPOINT: the model none: cannot read/],
  ] as const) {
    const own = args[0] === '--model' && args[1] !== file ? [] : ['--model', file]
    const { code, stdout, stderr } = await lacuna(['serve', '--port', '0', ...own, ...args], env)
    expect([args, code, stdout, stderr]).toEqual([args, 1, '', expect.stringMatching(message)])
  }
})
