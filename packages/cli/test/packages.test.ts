import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { encode } from 'fast-png'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'
import { build, type Rollup } from 'vite'
import { beforeAll, describe, expect, test } from 'vitest'
import { temporaryFolder } from './lacuna-command.js'

const root = fileURLToPath(new URL('../../../', import.meta.url))
/** The packages, by their folders. */
const names = {
  'packages/lacuna': 'lacuna',
  'packages/cli': 'lacuna-cli',
  'packages/models': 'lacuna-models',
  'apps/service': 'lacuna-service',
}
const folder = temporaryFolder()
const installed = (...path: string[]) => join(folder, 'node_modules', ...path)
const manifest = (path: string) => JSON.parse(readFileSync(join(path, 'package.json'), 'utf8'))

/** The tarballs of the packages, by name. */
const tarballs = new Map<string, string>()

/** What a package depends on, by an entry of a lock file. */
type Entry = { readonly dependencies?: Record<string, string>; readonly version?: string }

/** Where Node looks for a package that another one asks for, the nearest first. */
function placesOf(name: string, from: string): string[] {
  const steps = from.split('/node_modules/')
  return [...steps.keys(), steps.length]
    .reverse()
    .map(n => [...steps.slice(0, n), name].join('/node_modules/'))
    .map(place => (place.startsWith('node_modules/') ? place : `node_modules/${place}`))
}

/**
 * A lock file for the tarballs in an empty folder, with the versions that the workspace has: by it npm
 * finds all others in its cache, where `npm ci` has put them, and needs no network.
 */
function lockFile(dependencies: Record<string, string>) {
  const workspace = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'))
  const known: Record<string, Entry> = workspace.packages
  const packages: Record<string, Entry & { resolved?: string }> = { '': { dependencies } }
  const add = (from: string, { dependencies }: Entry) => {
    for (const name of Object.keys(dependencies ?? {})) {
      const place = placesOf(name, from).find(place => place in known)!
      if (place in packages || Object.values(names).includes(name)) continue
      packages[place] = known[place]!
      add(place, known[place]!)
    }
  }
  for (const [source, name] of Object.entries(names)) {
    const { version, bin, dependencies: own } = manifest(join(root, source))
    const entry = { version, bin, dependencies: own, resolved: dependencies[name]! }
    packages[`node_modules/${name}`] = entry
    add(`node_modules/${name}`, entry)
  }
  return { lockfileVersion: 3, requires: true, packages }
}

beforeAll(() => {
  for (const [source, name] of Object.entries(names)) {
    const args = ['pack', '--json', '--pack-destination', folder]
    const cwd = join(root, source)
    const [packed] = JSON.parse(execFileSync('npm', args, { cwd, encoding: 'utf8' }))
    tarballs.set(name, join(folder, packed.filename))
  }
  const dependencies = Object.fromEntries(
    [...tarballs].map(([name, path]) => [name, `file:${basename(path)}`]),
  )
  const { overrides } = manifest(root)
  const files = {
    'package.json': { type: 'module', private: true, dependencies, overrides },
    'package-lock.json': lockFile(dependencies),
  }
  for (const [name, content] of Object.entries(files))
    writeFileSync(join(folder, name), JSON.stringify(content))
  const args = ['ci', '--prefer-offline', '--ignore-scripts', '--no-audit', '--no-fund']
  execFileSync('npm', args, { cwd: folder, encoding: 'utf8' })
}, 120_000)

/** A digit with a hole, 6×6 transparent pixels. */
function digit(): Uint8Array {
  const data = new Uint8Array(2 * 784).map((_, i) => (i % 2 ? 255 : i % 60))
  for (let r = 11; r < 17; r++) for (let c = 11; c < 17; c++) data[2 * (28 * r + c) + 1] = 0
  return encode({ width: 28, height: 28, data, channels: 2, depth: 8 })
}

const node = (script: string) => {
  writeFileSync(join(folder, 'script.js'), script)
  return execFileSync(process.execPath, ['script.js'], { cwd: folder, encoding: 'utf8' })
}

const lacuna = (...args: string[]) =>
  spawnSync(installed('.bin', 'lacuna'), args, { cwd: folder, encoding: 'utf8' })

describe('packed and installed outside the workspace', () => {
  test('the library trains, and its entries load', () => {
    const out = node(`
      import { EnergyInpainter, strokes } from 'lacuna'
      import { methods } from 'lacuna/completion'
      import * as verification from 'lacuna/verification'
      const { train } = strokes({ seed: 1, train: 20, test: 1 })
      const inpainter = EnergyInpainter.create({ seed: 1 })
      for await (const { loss } of inpainter.train(train.images, { epochs: 1 }))
        console.log(Number.isFinite(loss), methods.length > 10, Object.keys(verification).length > 0)
      process.exit()`)
    expect(out).toBe('true true true\n')
  })

  test('the command says its help, lists its errors by code, and finds the ready-made models', () => {
    expect(lacuna('--help').stdout).toContain('Examples:\n  $ lacuna ')
    expect(lacuna('sheet', '--epochs', '0').stderr).toContain('LACUNA_E_OPTION')
    const checkpoint = installed('lacuna-models', 'window.safetensors')
    expect(lacuna('inspect', checkpoint).stdout).toMatch(/model +window-inpainter/)
    writeFileSync(join(folder, 'digit.png'), digit())
    const { status, stderr } = lacuna('complete', 'digit.png', '-o', 'whole.png')
    expect([status, stderr]).toEqual([0, expect.stringContaining('By window')])
  })

  test('the service answers, and its client asks', () => {
    writeFileSync(join(folder, 'asked.png'), digit())
    const out = node(`
      import { readFileSync } from 'node:fs'
      import { fileURLToPath } from 'node:url'
      import { readGrayPng } from 'lacuna'
      import { Service } from 'lacuna-service'
      import { LacunaClient } from 'lacuna-service/client'
      const path = fileURLToPath(import.meta.resolve('lacuna-models/window.safetensors'))
      const service = await Service.start({ models: [{ name: 'w', path }], logLevel: 'silent' })
      const client = new LacunaClient(service.url)
      const { width, alpha } = await readGrayPng(await client.completePng(readFileSync('asked.png')))
      console.log(width, alpha, (await client.models()).models[0].method)
      await service.close()`)
    expect(out).toBe('28 undefined window\n')
  })

  test('the command trains, and answers with what it has learnt', () => {
    const rows = Array.from({ length: 30 }, (_, i) => `${i % 7},${(i * i) % 5}`)
    writeFileSync(join(folder, 'data.csv'), ['x,y', ...rows].join('\n'))
    const columns = ['--inputs', 'x', '--outputs', 'y']
    const trained = lacuna(
      'train',
      'mixture',
      'data.csv',
      ...columns,
      '--epochs',
      '3',
      '--out',
      'run',
    )
    expect([trained.status, trained.stdout]).toEqual([0, expect.stringContaining('Report: ')])
    const predicted = lacuna('predict', 'run/checkpoint.safetensors', 'data.csv', '-o', 'p.csv')
    expect([predicted.status, predicted.stderr]).toEqual([0, expect.any(String)])
    expect(readFileSync(join(folder, 'p.csv'), 'utf8').split('\n').length).toBe(32)
  })

  test('Vite bundles the library for a page', async () => {
    const page = join(folder, 'page')
    mkdirSync(page)
    writeFileSync(join(page, 'index.html'), '<script type="module" src="./main.js"></script>')
    writeFileSync(
      join(page, 'main.js'),
      `import { PrincipalComponents, strokes } from 'lacuna'
       import { methods } from 'lacuna/completion'
       console.log(PrincipalComponents, strokes, methods)`,
    )
    const bundled = (await build({
      root: page,
      logLevel: 'error',
      build: { write: false },
      worker: { format: 'es' },
    })) as Rollup.RollupOutput
    const code = bundled.output.map(file => (file.type === 'chunk' ? file.code : '')).join('')
    expect(code.length).toBeGreaterThan(10_000)
    expect(code).not.toMatch(/from ?["']node:/)
  })
})

describe.each(Object.values(names))('the package %s', name => {
  test('publint finds nothing', async () => {
    const { messages } = await publint({ pkgDir: installed(name), pack: false, strict: true })
    const pkg = manifest(installed(name))
    expect(messages.map(message => formatMessage(message, pkg, { color: false }))).toEqual([])
  })

  test('are the types wrong? They are not', () => {
    const bin = join(root, 'node_modules', '.bin', 'attw')
    const args = [tarballs.get(name)!, '--profile', 'esm-only', '--format', 'json']
    const { stdout } = spawnSync(bin, args, { encoding: 'utf8', maxBuffer: 2 ** 28 })
    const { problems = [], entrypoints = {} } = JSON.parse(stdout).analysis
    const exported = Object.keys(manifest(installed(name)).exports)
    expect(Object.keys(entrypoints)).toEqual(name === 'lacuna-models' ? [] : exported)
    // Who has neither import nor exports in package.json cannot use the library, and need not.
    const old = ['node10', 'node16-cjs']
    const ours = (problem: { resolutionKind?: string; resolutionOption?: string }) =>
      ![problem.resolutionKind, problem.resolutionOption].some(kind => old.includes(kind!))
    expect(problems.filter(ours)).toEqual([])
  })

  test('holds no tests and no sources, and its licence', () => {
    const files = readdirSync(installed(name), { recursive: true }) as string[]
    expect(
      files.filter(file => /(^|\/)(test|src|dist-test|.*\.tsbuildinfo)(\/|$)/.test(file)),
    ).toEqual([])
    expect(files).toContain('LICENSE')
  })
})
