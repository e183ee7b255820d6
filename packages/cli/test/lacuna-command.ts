import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll } from 'vitest'

const bin = fileURLToPath(new URL('../bin/lacuna.js', import.meta.url))

export type Outcome = {
  code: number | null
  /** What ended it, if it did not end by itself. */
  signal: NodeJS.Signals | null
  stdout: string
  stderr: string
}

/** Runs the built command as a user would, far from any cache or network but those in `env`. */
export function lacuna(args: string[], env: NodeJS.ProcessEnv = {}): Promise<Outcome> {
  return start(args, env).outcome
}

/** The same, handing out the process while it runs. */
export function start(
  args: string[],
  env: NodeJS.ProcessEnv = {},
): { child: ChildProcess; outcome: Promise<Outcome> } {
  const child = spawn(process.execPath, [bin, ...args], {
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      LACUNA_CACHE: join(tmpdir(), 'no-such-cache'),
      LACUNA_MIRRORS: 'http://127.0.0.1:1/',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let stdout = ''
  let stderr = ''
  child.stdout!.on('data', chunk => {
    stdout += chunk
  })
  child.stderr!.on('data', chunk => {
    stderr += chunk
  })
  const outcome = new Promise<Outcome>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr }))
  })
  return { child, outcome }
}

/** An empty folder that is removed after the tests of the file. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'lacuna-test-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}
