import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { lossNames } from 'lacuna'
import { expect, test } from 'vitest'
import { lacuna, temporaryFolder } from './lacuna-command.js'

const wrong: [string, string[], RegExp][] = [
  ['an unknown command', ['sheat'], /unknown command 'sheat'.*sheet/],
  ['an unknown option', ['sheet', '--epoch', '3'], /unknown option '--epoch'.*--epochs/],
  ['a stray argument', ['sheet', 'extra'], /too many arguments/],
  ['an option without its value', ['sheet', '--epochs'], /'--epochs <n>' argument missing/],
  ['no epochs', ['sheet', '--epochs', '0'], /--epochs .* from 1 to 100000, not "0"/],
  ['a negative number', ['sheet', '--seed', '-1'], /--seed .* from 0 to .*, not "-1"/],
  ['a fraction', ['sheet', '--train-size', '1.5'], /--train-size .* from 1 to .*, not "1.5"/],
  ['a number with a tail', ['sheet', '--epochs', '10x'], /--epochs .*, not "10x"/],
  ['a number in another notation', ['sheet', '--epochs', '1e2'], /--epochs .*, not "1e2"/],
  ['an endless number', ['sheet', '--seed', '9'.repeat(400)], /--seed .* not "999/],
  ['an empty number', ['sheet', '--epochs', ''], /--epochs .*, not ""/],
  ['an unknown loss', ['sheet', '--loss', 'lof'], /--loss.*'lof'.*Allowed choices are energy, /],
  ['an empty folder name', ['sheet', '--out', ''], /--out must name a folder/],
  ['an empty source', ['data', '--data', ''], /--data must name a folder/],
]
test.each(wrong)('%s is refused', async (_, args, what) => {
  const { code, stdout, stderr } = await lacuna(args)
  expect(stderr).toMatch(/^lacuna: LACUNA_E_OPTION: /)
  expect(stderr).toMatch(what)
  expect(stderr).not.toMatch(/^ +at /m)
  expect([code, stdout]).toEqual([1, ''])
})

test('help has examples, and names every option and loss', async () => {
  const commands = [[], ['sheet'], ['train', 'mixture'], ['predict'], ['verify'], ['data']]
  for (const args of commands.map(command => [...command, '--help'])) {
    const { code, stdout, stderr } = await lacuna(args)
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toContain('Examples:\n  $ lacuna ')
  }
  const { stdout } = await lacuna(['sheet', '--help'])
  const options = ['--epochs', '--train-size', '--seed', '--out', '--data', '--loss', '--json']
  for (const word of [...options, '--resume', ...lossNames]) expect(stdout).toContain(word)
  expect(stdout).toContain('the exit code is then 130')
})

test('the version is the package’s', async () => {
  const { version } = JSON.parse(
    readFileSync(fileURLToPath(new URL('../package.json', import.meta.url)), 'utf8'),
  )
  expect(await lacuna(['--version'])).toEqual({
    code: 0,
    signal: null,
    stdout: `${version}\n`,
    stderr: '',
  })
})

test('a folder that cannot be written is refused before anything is read', async () => {
  const folder = temporaryFolder()
  writeFileSync(join(folder, 'file'), 'kept')
  const { code, stderr } = await lacuna([
    'sheet',
    '--out',
    join(folder, 'file', 'run'),
    '--data',
    '/no/such/data',
  ])
  expect(code).toBe(1)
  expect(stderr).toMatch(/^lacuna: LACUNA_E_WRITE: cannot write .*file\/run: /)
  expect(readFileSync(join(folder, 'file'), 'utf8')).toBe('kept')
})

test('unusable data leave no trace of a run', async () => {
  const folder = temporaryFolder()
  const out = join(folder, 'runs', 'sheet')
  const { code, stderr } = await lacuna(['sheet', '--out', out, '--data', '/no/such/data'])
  expect(code).toBe(1)
  expect(stderr).toMatch(/^lacuna: LACUNA_E_DATA: .*\/no\/such\/data does not exist/)
  expect(readdirSync(folder)).toEqual([])
})

test('before the build, the command says in one line how to build', () => {
  const folder = temporaryFolder()
  mkdirSync(join(folder, 'bin'))
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}')
  const bin = join(folder, 'bin', 'lacuna.js')
  copyFileSync(fileURLToPath(new URL('../bin/lacuna.js', import.meta.url)), bin)
  try {
    execFileSync(process.execPath, [bin], { stdio: 'pipe' })
    expect.unreachable()
  } catch (error) {
    const { status, stderr } = error as { status: number; stderr: Buffer }
    expect([status, stderr.toString()]).toEqual([
      1,
      'lacuna: not built yet. Run `npm run build` in the root of the repository first.\n',
    ])
  }
})
