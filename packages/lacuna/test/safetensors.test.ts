import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { LacunaError } from '../dist/errors.js'
import { readSafetensors, type Tensor, writeSafetensors } from '../dist/formats/safetensors.js'

/** A file of this header, its length in front, and these bytes of data after it. */
function file(header: string, data: ArrayLike<number> = []): Uint8Array {
  const text = new TextEncoder().encode(header)
  const bytes = new Uint8Array(8 + text.length + data.length)
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true)
  bytes.set(text, 8)
  bytes.set(data, 8 + text.length)
  return bytes
}

function failure(bytes: Uint8Array): LacunaError {
  try {
    readSafetensors(bytes)
  } catch (error) {
    expect(error).toBeInstanceOf(LacunaError)
    expect((error as LacunaError).code).toBe('LACUNA_E_SAFETENSORS')
    return error as LacunaError
  }
  throw new Error('it was read')
}

/** One tensor of this dtype, with its bytes. */
const single = (dtype: string, shape: number[], data: number[]) =>
  readSafetensors(
    file(JSON.stringify({ t: { dtype, shape, data_offsets: [0, data.length] } }), data),
  ).tensors.get('t')!.data

/** The two bytes of each 16-bit word, little end first. */
const bytesOf = (words: number[]) => words.flatMap(word => [word & 255, word >> 8])

const values = (length: number) => ({ minLength: length, maxLength: length })
const tensor: fc.Arbitrary<Tensor> = fc
  .array(fc.integer({ min: 0, max: 3 }), { maxLength: 4 })
  .chain(shape => {
    const n = values(shape.reduce((a, b) => a * b, 1))
    return fc.record({
      shape: fc.constant(shape),
      data: fc.oneof<fc.Arbitrary<Tensor['data']>[]>(
        fc.float32Array(n),
        fc.float64Array(n),
        fc.uint8Array(n),
        fc.int16Array(n),
        fc.bigInt64Array(n),
      ),
    })
  })
const text = fc.string({ unit: 'binary' }) // any Unicode, control characters too
const contents = fc.record({
  tensors: fc.uniqueArray(
    fc.tuple(
      text.filter(name => name !== '__metadata__'),
      tensor,
    ),
    {
      selector: ([name]) => name,
      maxLength: 6,
    },
  ),
  metadata: fc.uniqueArray(fc.tuple(text, text), { selector: ([key]) => key, maxLength: 4 }),
})

describe('writeSafetensors', () => {
  test('writes this file, byte by byte', () => {
    const written = writeSafetensors(
      new Map<string, Tensor>([
        ['w', { shape: [2, 1], data: Float32Array.of(1, -2) }],
        ['b', { shape: [], data: Float32Array.of(0.5) }],
      ]),
      { seed: '7', format: 'pt' },
    )
    const header =
      '{"__metadata__":{"format":"pt","seed":"7"},' +
      '"b":{"dtype":"F32","shape":[],"data_offsets":[0,4]},' +
      '"w":{"dtype":"F32","shape":[2,1],"data_offsets":[4,12]}}'
    expect(header.length).toBe(151)
    expect([...written]).toEqual([
      ...[152, 0, 0, 0, 0, 0, 0, 0],
      ...new TextEncoder().encode(`${header} `),
      ...[0, 0, 0, 63],
      ...[0, 0, 128, 63, 0, 0, 0, 192],
    ])
  })

  test('writes an empty file as the reference implementation does', () => {
    expect([...writeSafetensors(new Map())]).toEqual([
      8, 0, 0, 0, 0, 0, 0, 0, 123, 125, 32, 32, 32, 32, 32, 32,
    ])
  })

  test('puts larger elements first, so that every tensor is aligned', () => {
    const { tensors } = readSafetensors(
      writeSafetensors(
        new Map<string, Tensor>([
          ['a', { shape: [3], data: Uint8Array.of(1, 2, 3) }],
          ['b', { shape: [1], data: Float32Array.of(4) }],
          ['10', { shape: [1], data: Float64Array.of(5) }],
          ['9', { shape: [1], data: Float64Array.of(6) }],
        ]),
      ),
    )
    expect([...tensors.keys()]).toEqual(['10', '9', 'b', 'a'])
  })

  test('gives the same bytes whatever the order of tensors and metadata', () => {
    fc.assert(
      fc.property(contents, ({ tensors, metadata }) => {
        const there = writeSafetensors(new Map(tensors), Object.fromEntries(metadata))
        const back = writeSafetensors(
          new Map([...tensors].reverse()),
          Object.fromEntries([...metadata].reverse()),
        )
        expect(Buffer.compare(there, back)).toBe(0)
        expect(new DataView(there.buffer).getUint32(0, true) % 8).toBe(0)
      }),
      { numRuns: 500 },
    )
  })

  test('writes views into larger buffers', () => {
    const data = new Float32Array([9, 1, 2, 9]).subarray(1, 3)
    const bytes = writeSafetensors(new Map([['v', { shape: [2], data }]]))
    expect([...readSafetensors(bytes).tensors.get('v')!.data]).toEqual([1, 2])
  })

  test('refuses what the format cannot hold', () => {
    const write = (name: string, shape: number[], data: unknown) => () =>
      writeSafetensors(new Map([[name, { shape, data } as Tensor]]))
    const one = new Float32Array(1)
    expect(write('t', [2], one)).toThrow(/LACUNA_E_SHAPE: tensor "t" of shape \[2\] has 1 values/)
    expect(write('t', [0.5, 2], one)).toThrow(/LACUNA_E_SHAPE/)
    expect(write('t', [-1, -1], one)).toThrow(/LACUNA_E_SHAPE/)
    expect(write('__metadata__', [1], one)).toThrow(/LACUNA_E_OPTION/)
    expect(write('\ud800', [1], one)).toThrow(/LACUNA_E_OPTION/)
    expect(write('t', [1], [1])).toThrow(/LACUNA_E_OPTION/)
    const metadata = { seed: 7 } as unknown as Record<string, string>
    expect(() => writeSafetensors(new Map(), metadata)).toThrow(/LACUNA_E_OPTION/)
  })
})

describe('readSafetensors', () => {
  test('gives back what was written, at any offset in memory', () => {
    fc.assert(
      fc.property(contents, fc.integer({ min: 0, max: 9 }), ({ tensors, metadata }, offset) => {
        const written = writeSafetensors(new Map(tensors), Object.fromEntries(metadata))
        const room = new Uint8Array(offset + written.length + 5).fill(255)
        room.set(written, offset)
        const read = readSafetensors(room.subarray(offset, offset + written.length))
        room.fill(170) // the result must not depend on the file’s memory
        expect(read.tensors).toEqual(new Map(tensors))
        expect(new Map(Object.entries(read.metadata))).toEqual(new Map(metadata))
      }),
      { numRuns: 1000 },
    )
  })

  test('copies from a Buffer, too', () => {
    const bytes = Buffer.from(file('{"t":{"dtype":"U8","shape":[2],"data_offsets":[0,2]}}', [1, 2]))
    const { tensors } = readSafetensors(bytes)
    bytes.fill(9)
    expect([...tensors.get('t')!.data]).toEqual([1, 2])
  })

  test('reads a header in any order, with space and escapes', () => {
    const header =
      '{ "\\u0062\\/" :\n{"data_offsets":[ 1 , 3 ],\t"shape":[2],"dtype":"I8"} ,\r\n' +
      '"é😀":{"dtype":"BOOL","shape":[],"data_offsets":[0,1]}, "__metadata__" : { } } \n'
    const { tensors, metadata } = readSafetensors(file(header, [1, 255, 2]))
    expect([...tensors]).toEqual([
      ['é😀', { shape: [], data: Uint8Array.of(1) }],
      ['b/', { shape: [2], data: Int8Array.of(-1, 2) }],
    ])
    expect(Object.keys(metadata)).toEqual([])
  })

  test('finds room for empty tensors before and after others, wherever they stand', () => {
    const entry = (name: string, size: number, begin: number) =>
      `"${name}":{"dtype":"U8","shape":[${size}],"data_offsets":[${begin},${begin + size}]}`
    const header = `{${[entry('end', 0, 3), entry('t', 3, 0), entry('start', 0, 0)].join(',')}}`
    const { tensors } = readSafetensors(file(header, [1, 2, 3]))
    expect([...tensors].map(([name, { data }]) => [name, ...data])).toEqual([
      ['start'],
      ['t', 1, 2, 3],
      ['end'],
    ])
  })

  test('widens F16 to float32: zeros, subnormals, normals, infinities, NaN', () => {
    const words = [
      0x0000, 0x8000, 0x0001, 0x83ff, 0x0400, 0x3c00, 0xc000, 0x3555, 0x7bff, 0x7c00, 0xfc00,
      0x7e00,
    ]
    const expected = [
      ...[0, -0, 2 ** -24, -1023 * 2 ** -24],
      ...[2 ** -14, 1, -2, 0.333251953125, 65504, Infinity, -Infinity, NaN],
    ]
    expect(single('F16', [12], bytesOf(words))).toEqual(Float32Array.from(expected))
  })

  test('widens every one of the 65,536 F16 and BF16 patterns as their definitions say', () => {
    const words = Array.from({ length: 65536 }, (_, word) => word)
    for (const { dtype, exponentBits, bias } of [
      { dtype: 'F16', exponentBits: 5, bias: 15 },
      { dtype: 'BF16', exponentBits: 8, bias: 127 },
    ]) {
      const fractionBits = 15 - exponentBits
      const widened = single(dtype, [65536], bytesOf(words))
      const wrong = words.filter(word => {
        const sign = word >> 15 ? -1 : 1
        const exponent = (word >> fractionBits) & (2 ** exponentBits - 1)
        const fraction = (word & (2 ** fractionBits - 1)) / 2 ** fractionBits
        let value = sign * (1 + fraction) * 2 ** (exponent - bias)
        if (exponent === 0) value = sign * fraction * 2 ** (1 - bias)
        if (exponent === 2 ** exponentBits - 1) value = fraction ? NaN : sign * Infinity
        return !Object.is(widened[word], value)
      })
      expect(wrong).toEqual([])
    }
  })

  test('reads integers of every size', () => {
    const bytes = [255, 255, 255, 255, 255, 255, 255, 127]
    expect(single('I64', [1], bytes)).toEqual(BigInt64Array.of(2n ** 63n - 1n))
    expect(single('U64', [1], bytes)).toEqual(BigUint64Array.of(2n ** 63n - 1n))
    expect(single('I32', [2], bytes)).toEqual(Int32Array.of(-1, 2 ** 31 - 1))
    expect(single('U32', [2], bytes)).toEqual(Uint32Array.of(2 ** 32 - 1, 2 ** 31 - 1))
    expect(single('I16', [4], bytes)).toEqual(Int16Array.of(-1, -1, -1, 32767))
    expect(single('U16', [2, 2], bytes)).toEqual(Uint16Array.of(65535, 65535, 65535, 32767))
    expect(single('I8', [8], bytes)).toEqual(Int8Array.of(-1, -1, -1, -1, -1, -1, -1, 127))
    expect(single('U8', [8], bytes)).toEqual(Uint8Array.from(bytes))
  })

  test('names like __proto__ are names like any other', () => {
    const header =
      '{"__metadata__":{"__proto__":"x","constructor":"y"},' +
      '"__proto__":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}'
    const { tensors, metadata } = readSafetensors(file(header, [5]))
    expect([...tensors.keys()]).toEqual(['__proto__'])
    expect(Object.entries(metadata)).toEqual([
      ['__proto__', 'x'],
      ['constructor', 'y'],
    ])
    expect(metadata.toString).toBeUndefined()
    expect(({} as Record<string, unknown>).dtype).toBeUndefined()
    expect(Object.entries(readSafetensors(writeSafetensors(tensors, metadata)).metadata)).toEqual(
      Object.entries(metadata),
    )
  })

  const t = '"t":{"dtype":"U8","shape":[2],"data_offsets":[0,2]}'
  const u = '"u":{"dtype":"U8","shape":[2],"data_offsets":[2,4]}'
  test.each([
    ['a file of seven bytes', new Uint8Array(7), /has 7 bytes/],
    [
      'a header longer than the file',
      Uint8Array.of(9, 0, 0, 0, 0, 0, 0, 0, 123, 125),
      /ends at byte 17, but the file at byte 10/,
    ],
    [
      'a header of 2⁴⁸ bytes',
      Uint8Array.of(0, 0, 0, 0, 0, 0, 1, 0),
      /byte 0 is 281474976710656, more than 4000000/,
    ],
    [
      'a header of 4 MB and a byte',
      Uint8Array.of(1, 9, 61, 0, 0, 0, 0, 0),
      /is 4000001, more than/,
    ],
    ['an empty header', file(''), /byte 8 does not begin with \{/],
    ['space before the header', file(' {}'), /byte 8 does not begin with \{/],
    ['a byte order mark', file('\ufeff{}'), /byte 8 does not begin with \{/],
    ['text after the header', file('{} {}'), /at byte 11 there is "\{" instead of its end/],
    ['a header cut short', file('{"t"'), /at byte 12 there the header ends instead of :/],
    ['a comma at the end', file(`{${t},}`, [1, 2]), /there is "\}" instead of "/],
    [
      'a string without end',
      file('{"é\\"'),
      /at byte 14 there the header ends instead of the end of a string/,
    ],
    ['a wrong escape', file('{"\\x"'), /string at byte 9 is not valid/],
    ['a line break in a string', file('{"\n"'), /string at byte 9 is not valid/],
    ['half a surrogate pair', file('{"\\ud83d"'), /string at byte 9 is not valid/],
    [
      'bytes that are not UTF-8',
      file('{}  ').map(b => (b === 32 ? 0xff : b)),
      /header at byte 8 is not valid UTF-8/,
    ],
    ['a tensor twice', file(`{${t},${t}}`, [1, 2]), /key "t" stands twice/],
    [
      'a tensor twice, once escaped',
      file(`{${t},${t.replace('t', '\\u0074')}}`, [1, 2]),
      /"t" stands twice/,
    ],
    [
      'metadata twice',
      file('{"__metadata__":{},"__metadata__":{}}'),
      /"__metadata__" stands twice/,
    ],
    ['a key of the metadata twice', file('{"__metadata__":{"a":"","a":""}}'), /"a" stands twice/],
    ['a dtype twice', file('{"t":{"dtype":"U8","dtype":"U8"}}'), /"dtype" stands twice/],
    [
      'metadata that is no text',
      file('{"__metadata__":{"a":1}}'),
      /at byte 29 there is "1" instead of "/,
    ],
    [
      'metadata that is no object',
      file('{"__metadata__":null}'),
      /at byte 24 there is "n" instead of \{/,
    ],
    ['a tensor that is no object', file('{"t":[1]}'), /at byte 13 there is "\[" instead of \{/],
    ['arrays a million deep', file(`{"t":${'['.repeat(1e6)}`), /at byte 13 there is "\["/],
    ['no dtype', file('{"t":{"shape":[],"data_offsets":[0,0]}}'), /"t" lacks its dtype/],
    ['one offset', file('{"t":{"dtype":"U8","shape":[],"data_offsets":[0]}}'), /two data_offsets/],
    [
      'three offsets',
      file('{"t":{"data_offsets":[0,0,0]}}'),
      /at byte 33 there is "," instead of \]/,
    ],
    [
      'another property',
      file('{"t":{"dtype":"U8","strides":[1]}}'),
      /"t" has the unknown property "strides"/,
    ],
    ['65 dimensions', file(`{"t":{"shape":[${Array(65).fill(1)}]}}`), /there is "," instead of \]/],
    [
      'a negative size',
      file('{"t":{"shape":[-1]}}'),
      /at byte 23 there is "-" instead of a whole number/,
    ],
    ['a broken size', file('{"t":{"shape":[1.5]}}'), /at byte 24 there is "\." instead of \]/],
    ['a size with a zero before it', file('{"t":{"shape":[01]}}'), /number "01" at byte 23/],
    [
      'a size beyond 2⁵³',
      file('{"t":{"shape":[9007199254740992]}}'),
      /number "9007199254740992" at byte 23 is too large/,
    ],
    [
      'an unknown dtype',
      file('{"t":{"dtype":"F8_E4M3","shape":[1],"data_offsets":[0,1]}}', [1]),
      /"t" has the dtype "F8_E4M3"/,
    ],
    [
      'a dtype from Object',
      file('{"t":{"dtype":"constructor","shape":[1],"data_offsets":[0,1]}}', [1]),
      /dtype "constructor"/,
    ],
    [
      'bytes that do not make up the shape',
      file(`{${t.replace('U8', 'F32')}}`, [1, 2]),
      /F32 of shape \[2\], takes 8 bytes, but its data_offsets are 0 and 2/,
    ],
    [
      'offsets in reverse',
      file('{"t":{"dtype":"U8","shape":[2],"data_offsets":[2,0]}}', [1, 2]),
      /begins at byte 2 of the data, but byte 0 is next/,
    ],
    [
      'a shape whose product is beyond any number',
      file(`{"t":{"dtype":"U8","shape":[${Array(64).fill(9e15)}],"data_offsets":[0,2]}}`, [1, 2]),
      /takes Infinity bytes/,
    ],
    [
      'a hole',
      file(`{${t},${u.replace('2,4', '3,5')}}`, [1, 2, 3, 4, 5]),
      /"u" begins at byte 3 of the data, but byte 2 is next/,
    ],
    [
      'an overlap',
      file(`{${t},${u.replace('2,4', '1,3')}}`, [1, 2, 3]),
      /"u" begins at byte 1 of the data, but byte 2 is next/,
    ],
    [
      'two tensors on the same bytes',
      file(`{${t},${u.replace('2,4', '0,2')}}`, [1, 2]),
      /"u" begins at byte 0/,
    ],
    ['data cut short', file(`{${t}}`, [1]), /tensors take 2 bytes, but 1 bytes follow/],
    [
      'data after the last tensor',
      file(`{${t}}`, [1, 2, 3]),
      /tensors take 2 bytes, but 3 bytes follow/,
    ],
  ])('refuses %s', (_, bytes, message) => {
    const { message: found, hint } = failure(bytes)
    expect(found).toMatch(message)
    expect(found.length).toBeLessThan(2000)
    expect(hint).not.toBe('')
  })

  test('whatever is done to a file, it is read or refused with the one code', () => {
    const change = fc.record({
      edits: fc.array(fc.tuple(fc.nat(1000), fc.integer({ min: 0, max: 255 })), { maxLength: 3 }),
      keep: fc.oneof(fc.constant(1), fc.double({ min: 0, max: 1, noNaN: true })),
      more: fc.uint8Array({ maxLength: 2 }),
    })
    fc.assert(
      fc.property(contents, change, ({ tensors, metadata }, { edits, keep, more }) => {
        const sound = writeSafetensors(new Map(tensors), Object.fromEntries(metadata))
        const kept = sound.subarray(0, Math.round(sound.length * keep))
        const bytes = Uint8Array.from([...kept, ...more])
        for (const [at, byte] of edits) if (bytes.length > 0) bytes[at % bytes.length] = byte
        try {
          for (const { shape, data } of readSafetensors(bytes).tensors.values())
            expect(data.length).toBe(shape.reduce((a, b) => a * b, 1))
        } catch (error) {
          expect(error).toMatchObject({ name: 'LacunaError', code: 'LACUNA_E_SAFETENSORS' })
        }
      }),
      { numRuns: 5000 },
    )
  })

  test('whatever is put for one piece of the header, too', () => {
    const pieces = [
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '"t"',
      '"dtype"',
      '"U8"',
      '"shape"',
      '0',
      '2',
      ' ',
    ]
    const header = `{${t},${u}}`.match(/"[^"]*"|\d|./g)!
    fc.assert(
      fc.property(
        fc.nat(header.length - 1),
        fc.nat(2),
        fc.array(fc.constantFrom(...pieces), { maxLength: 3 }),
        (at, drop, put) => {
          const text = [...header.slice(0, at), ...put, ...header.slice(at + drop)].join('')
          try {
            readSafetensors(file(text, [1, 2, 3, 4]))
          } catch (error) {
            expect(error).toMatchObject({ name: 'LacunaError', code: 'LACUNA_E_SAFETENSORS' })
            return
          }
          expect(JSON.parse(text)).toBeTypeOf('object') // what is read is JSON
        },
      ),
      { numRuns: 5000 },
    )
  })
})

test('what is no bytes at all is refused with a code', () => {
  for (const value of [1, null, undefined, {}, 'text', [1, 2, 3]])
    expect(() => readSafetensors(value as never)).toThrow(
      'LACUNA_E_SAFETENSORS: bytes were expected',
    )
})
