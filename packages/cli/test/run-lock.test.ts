import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ownerOf, RunLock } from '../dist/run-lock.js'
import { temporaryFolder } from './lacuna-command.js'

const lockOf = (folder: string) => join(folder, 'lock.json')
const locked = expect.objectContaining({ code: 'LACUNA_E_LOCKED' })

/** A process that does nothing until it is killed. */
async function idle(): Promise<ChildProcess> {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1e6); console.log()'])
  await once(child.stdout!, 'data')
  return child
}

test('a lock is held by one, and leaves no trace', async () => {
  const folder = join(temporaryFolder(), 'a', 'b')
  const lock = await RunLock.take(folder)
  await expect(RunLock.take(folder)).rejects.toEqual(locked)
  expect((await ownerOf(folder))!.pid).toBe(process.pid)
  await lock.release()
  expect(existsSync(join(folder, '..'))).toBe(false)
  const again = await RunLock.take(folder)
  writeFileSync(join(folder, 'config.json'), '{}')
  await again.release()
  expect(readdirSync(folder)).toEqual(['config.json'])
  expect(await ownerOf(folder)).toBe(undefined)
})

test('of many who want it at once, one gets it', async () => {
  const folder = temporaryFolder()
  const takers = await Promise.allSettled(Array.from({ length: 20 }, () => RunLock.take(folder)))
  expect(takers.filter(({ status }) => status === 'fulfilled').length).toBe(1)
  for (const taker of takers) if (taker.status === 'rejected') expect(taker.reason).toEqual(locked)
})

test('a process that lives is respected, and its lock taken over when it is dead', async () => {
  const folder = temporaryFolder()
  const child = await idle()
  const owner = { pid: child.pid!, host: hostname(), started: '' }
  writeFileSync(lockOf(folder), JSON.stringify(owner))
  await expect(RunLock.take(folder)).rejects.toThrow(`process ${child.pid} on`)
  child.kill('SIGKILL')
  await once(child, 'close')
  const takers = await Promise.allSettled(Array.from({ length: 20 }, () => RunLock.take(folder)))
  expect(takers.filter(({ status }) => status === 'fulfilled').length).toBe(1)
  expect(JSON.parse(readFileSync(lockOf(folder), 'utf8')).pid).toBe(process.pid)
  expect(readdirSync(folder)).toEqual(['lock.json'])
})

test.skipIf(process.platform !== 'linux')(
  `a process number that is another process now does not count${process.platform === 'linux' ? '' : ' (skipped: no /proc here)'}`,
  async () => {
    const folder = temporaryFolder()
    const owner = { pid: process.pid, host: hostname(), started: '1' }
    writeFileSync(lockOf(folder), JSON.stringify(owner))
    await (await RunLock.take(folder)).release()
  },
)

test('of another machine’s process nothing is known: it is respected, and the file named', async () => {
  const folder = temporaryFolder()
  writeFileSync(lockOf(folder), JSON.stringify({ pid: 1, host: 'elsewhere', started: '' }))
  await expect(RunLock.take(folder)).rejects.toEqual(
    expect.objectContaining({ hint: expect.stringContaining(`delete ${lockOf(folder)}`) }),
  )
})

test.each(['', '{"pid":', 'null', '{}', '{"pid":-1,"host":"x"}', '[]'])(
  'a lock that was torn or damaged (%s) is taken over',
  async content => {
    const folder = temporaryFolder()
    writeFileSync(lockOf(folder), content)
    const lock = await RunLock.take(folder)
    expect((await ownerOf(folder))!.pid).toBe(process.pid)
    await lock.release()
  },
)

test('a folder that cannot be written is named', async () => {
  const folder = temporaryFolder()
  writeFileSync(join(folder, 'file'), '')
  mkdirSync(join(folder, 'kept'))
  for (const path of [join(folder, 'file'), join(folder, 'file', 'x')])
    await expect(RunLock.take(path)).rejects.toThrow(`LACUNA_E_WRITE: cannot write ${path}`)
})
