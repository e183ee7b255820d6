import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { requireWritable, writeFile } from '../dist/write-file.js'
import { temporaryFolder } from './lacuna-command.js'

test('writes a file and the folders above it, and replaces it whole', async () => {
  const folder = temporaryFolder()
  const path = join(folder, 'a', 'b', 'c.txt')
  await writeFile(path, 'a long first content')
  await writeFile(path, new Uint8Array([104, 105]))
  expect(readFileSync(path, 'utf8')).toBe('hi')
  expect(readdirSync(join(folder, 'a', 'b'))).toEqual(['c.txt'])
})

test('leaves what was there, and nothing else, when it fails', async () => {
  const folder = temporaryFolder()
  mkdirSync(join(folder, 'taken', 'inside'), { recursive: true })
  for (const path of [join(folder, 'taken'), '/dev/null/x', join(folder, 'n'.repeat(300))])
    await expect(writeFile(path, 'new')).rejects.toThrow(`LACUNA_E_WRITE: cannot write ${path}`)
  expect(readdirSync(folder)).toEqual(['taken'])
  expect(readdirSync(join(folder, 'taken'))).toEqual(['inside'])
})

test('many writers of one file leave one of their contents, whole', async () => {
  const path = join(temporaryFolder(), 'x')
  const contents = Array.from({ length: 20 }, (_, i) => String(i).repeat(50_000 + i))
  await Promise.all(contents.map(content => writeFile(path, content)))
  expect(contents).toContain(readFileSync(path, 'utf8'))
})

test('requireWritable leaves no trace', async () => {
  const folder = temporaryFolder()
  await requireWritable(join(folder, 'x', 'y', 'z'))
  expect(readdirSync(folder)).toEqual([])
  mkdirSync(join(folder, 'kept'))
  await requireWritable(join(folder, 'kept', 'new'))
  await requireWritable(join(folder, 'kept'))
  expect(readdirSync(folder)).toEqual(['kept'])
})

test('requireWritable names the folder that cannot be written', async () => {
  const folder = temporaryFolder()
  writeFileSync(join(folder, 'file'), '')
  symlinkSync(join(folder, 'nowhere'), join(folder, 'dangling'))
  for (const path of [join(folder, 'file'), join(folder, 'file', 'x'), join(folder, 'dangling')])
    await expect(requireWritable(path)).rejects.toThrow(`LACUNA_E_WRITE: cannot write ${path}`)
})
