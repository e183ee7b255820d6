import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, test } from 'vitest'

test('the first Ctrl-C aborts, and a second ends the process even if its thread hangs', async () => {
  const script = `
    import { writeSync } from 'node:fs'
    import { interruption } from ${JSON.stringify(new URL('../dist/interruption.js', import.meta.url).href)}
    const signal = interruption()
    signal.addEventListener('abort', () => {
      writeSync(1, 'aborted')
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
    })
    setInterval(() => {}, 1000)
    writeSync(1, 'ready')`
  const child = spawn(process.execPath, ['--input-type=module', '-e', script])
  const ended = once(child, 'exit')
  for (const expected of ['ready', 'aborted']) {
    const [said] = await once(child.stdout, 'data')
    expect(String(said)).toBe(expected)
    child.kill('SIGINT')
  }
  expect(await ended).toEqual([null, 'SIGINT'])
})
