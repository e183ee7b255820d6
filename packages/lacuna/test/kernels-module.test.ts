import { crc32 } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import * as fast from '../dist/compute/fast-kernels.js'
import * as strict from '../dist/compute/strict-kernels.js'

/** The numbers of the sections of a WebAssembly module, in order. */
function sections(bytes: Uint8Array): number[] {
  const ids: number[] = []
  let at = 8 // behind the magic number and the version
  while (at < bytes.length) {
    ids.push(bytes[at++]!)
    let size = 0
    for (let shift = 0, more = true; more; shift += 7) {
      const byte = bytes[at++]!
      size |= (byte & 127) << shift
      more = byte > 127
    }
    at += size
  }
  return ids
}

describe.each([
  ['strict', strict],
  ['fast', fast],
])('the %s module of the kernels', (kind, { buildName, kernelBytes }) => {
  test('holds no data, no start function and no table, so that instances can share a memory', () => {
    const [table, start, elements, data] = [4, 8, 9, 11]
    const ids = sections(kernelBytes)
    for (const id of [table, start, elements, data]) expect(ids).not.toContain(id)
    expect(ids).toContain(10) // code: the sections were found
  })

  test('is named by how it rounds and the CRC-32 of its bytes', () => {
    expect(buildName).toBe(`${kind}-${crc32(kernelBytes).toString(16).padStart(8, '0')}`)
  })
})

test('the module imports a memory and nothing else', () => {
  const module = new WebAssembly.Module(strict.kernelBytes)
  expect(WebAssembly.Module.imports(module)).toEqual([
    { module: 'env', name: 'memory', kind: 'memory' },
  ])
})
