import { constants, deflateRawSync, gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Random } from '../dist/compute/random.js'
import { readIdx, readImages, readLabels, writeIdx } from '../dist/data/idx.js'
import { LacunaError } from '../dist/errors.js'
import { fingerprint } from '../dist/formats/crc32.js'
import { mnistFile, orSkipped, withoutMnist } from './reference/mnist.js'

/** Shapes of up to 8 dimensions, some of them zero, with data of that size. */
const idx = fc
  .array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 8 })
  .filter(shape => shape.reduce((a, b) => a * b) <= 2000)
  .chain(shape => {
    const length = shape.reduce((a, b) => a * b)
    return fc.record({
      shape: fc.constant(shape),
      data: fc.uint8Array({ minLength: length, maxLength: length }),
    })
  })

const header = (...sizes: number[]) =>
  Uint8Array.from([0, 0, 8, sizes.length, ...sizes.flatMap(n => [24, 16, 8, 0].map(s => n >>> s))])

/** Bytes that do not compress. */
function noise(length: number): Uint8Array {
  const random = new Random(1)
  return Uint8Array.from({ length }, () => random.integer(0, 256))
}

async function failure(bytes: Uint8Array): Promise<LacunaError> {
  const error = await readIdx(bytes).catch(reason => reason)
  expect(error).toBeInstanceOf(LacunaError)
  expect(error.code).toBe('LACUNA_E_IDX')
  return error
}

describe('writeIdx', () => {
  test('writes a header by hand: magic, sizes big-endian, then the bytes', () => {
    const bytes = writeIdx([2, 258], new Uint8Array(516).fill(7))
    expect([...bytes.subarray(0, 14)]).toEqual([0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 1, 2, 7, 7])
    expect(bytes.length).toBe(12 + 516)
  })

  test('refuses shapes that do not fit the format or the data', () => {
    const data = new Uint8Array(6)
    for (const shape of [[], [5], [2, 4], [-2, -3], [1.5, 4], [6, 1, 1, 1, 1, 1, 1, 1, 1], [NaN]])
      expect(() => writeIdx(shape, data)).toThrow(/LACUNA_E_SHAPE/)
    expect(() => writeIdx([0, 2 ** 32], new Uint8Array(0))).toThrow(/LACUNA_E_SHAPE/)
  })
})

describe('readIdx', () => {
  test('gives back what was written, plain and gzipped, whatever lies around it in memory', async () => {
    await fc.assert(
      fc.asyncProperty(idx, fc.boolean(), fc.integer({ min: 0, max: 7 }), async (file, zip, at) => {
        const plain = writeIdx(file.shape, file.data)
        const bytes = zip ? gzipSync(plain) : plain
        const room = new Uint8Array(at + bytes.length + 3).fill(255)
        room.set(bytes, at)
        const read = await readIdx(room.subarray(at, at + bytes.length))
        expect(read.shape).toEqual(file.shape)
        expect([...read.data]).toEqual([...file.data])
      }),
      { numRuns: 300 },
    )
  })

  test('copies: what happens to the file later does not reach the data', async () => {
    const file = Buffer.from(writeIdx([3], Uint8Array.of(1, 2, 3))) // Buffer's own slice() does not copy
    const { data } = await readIdx(file)
    file.fill(9)
    expect([...data]).toEqual([1, 2, 3])
  })

  test('unpacks files of several pieces', async () => {
    const data = noise(300_000)
    const zipped = gzipSync(writeIdx([300, 1000], data))
    expect(zipped.length).toBeGreaterThan(2 * 65536)
    const read = await readIdx(zipped)
    expect(Buffer.compare(read.data, data)).toBe(0)
  })

  test.each([
    ['nothing at all', Uint8Array.of(), /breaks off at byte 0/],
    ['three bytes', Uint8Array.of(0, 0, 8), /breaks off at byte 3/],
    ['a zip archive', Uint8Array.of(0x50, 0x4b, 3, 4), /0x50 0x4b stand at byte 0.*expected 00 00/],
    ['floats', Uint8Array.of(0, 0, 13, 1, 0, 0, 0, 0), /byte 2 is 0x0d \(32-bit floats\)/],
    ['an unknown type', Uint8Array.of(0, 0, 7, 1, 0, 0, 0, 0), /byte 2 is 0x07 \(unknown\)/],
    ['no dimension', Uint8Array.of(0, 0, 8, 0, 5), /byte 3 gives 0 dimensions.*expected 1 to 8/],
    ['nine dimensions', Uint8Array.of(0, 0, 8, 9), /byte 3 gives 9 dimensions/],
    [
      'a header cut short',
      header(1, 1).subarray(0, 11),
      /breaks off at byte 11.*expected 12 bytes/,
    ],
    ['2³¹ bytes', header(2 ** 16, 2 ** 15), /65536×32768 at byte 4.*at most 2147483647/],
    ['a product beyond 2⁵³', header(...new Array(8).fill(0xffffffff)), /at most 2147483647/],
    ['2³¹ − 1 bytes promised', header(2 ** 31 - 1), /takes 2147483655 bytes .*ends at byte 8/],
    ['a missing byte', writeIdx([2, 2], new Uint8Array(4)).subarray(0, 15), /16 .*ends at byte 15/],
    ['a byte too many', Uint8Array.of(...header(1), 5, 6), /goes on after byte 9/],
  ])('refuses %s, plain and gzipped', async (_, bytes, message) => {
    expect((await failure(bytes)).message).toMatch(message)
    const zipped = await failure(gzipSync(bytes))
    expect(zipped.message).toMatch(/the unpacked file/)
    expect(zipped.hint).not.toBe('')
  })

  test('takes a dimension of size zero as no elements, however large the others', async () => {
    const read = await readIdx(header(0xffffffff, 0, 0xffffffff))
    expect(read.shape).toEqual([0xffffffff, 0, 0xffffffff])
    expect(read.data.length).toBe(0)
  })

  test('refuses gzip that is cut anywhere, has a wrong checksum or is followed by anything', async () => {
    const zipped = gzipSync(writeIdx([5], Uint8Array.of(1, 2, 3, 4, 5)))
    for (let length = 2; length < zipped.length; length++) await failure(zipped.subarray(0, length))
    for (let at = zipped.length - 8; at < zipped.length; at++)
      await failure(Uint8Array.from(zipped, (byte, i) => (i === at ? byte ^ 16 : byte)))
    for (const more of [[0], [1, 2, 3, 4], [...zipped], [...gzipSync('')]])
      await failure(Uint8Array.from([...zipped, ...more]))
  })

  test('stops a gzip bomb of 1 GB at the length that its header promises', async () => {
    const flushed = { finishFlush: constants.Z_FULL_FLUSH } // so that blocks can be strung together
    const megabyte = deflateRawSync(new Uint8Array(1 << 20), flushed)
    const bomb = Buffer.concat([
      Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255),
      deflateRawSync(header(100), flushed),
      ...new Array<Uint8Array>(1024).fill(megabyte),
      Uint8Array.of(3, 0), // the last block, empty
      Uint8Array.of(0, 0, 0, 0, 108, 0, 0, 0), // the trailer: it lies about the length
    ])
    const before = process.resourceUsage().maxRSS
    expect((await failure(bomb)).message).toMatch(/the unpacked file goes on after byte 108/)
    bomb.writeUInt32LE(0x40000008, bomb.length - 4)
    expect((await failure(bomb)).message).toMatch(
      /takes 108 bytes .* by its gzip trailer, goes on after byte 108/,
    )
    expect(process.resourceUsage().maxRSS - before).toBeLessThan(200_000) // kilobytes
  })

  test('does not believe a small gzip file that promises 2 GB', async () => {
    const zipped = gzipSync(Buffer.concat([header(2 ** 31 - 1), noise(200_000)]))
    zipped.writeUInt32LE(2 ** 31 + 7, zipped.length - 4)
    expect((await failure(zipped)).message).toMatch(/2147483655 bytes, more than .* can unpack to/)
  })

  test('whatever is done to a file, it is read or refused with the one code', async () => {
    const change = fc.record({
      edits: fc.array(fc.tuple(fc.nat(4000), fc.integer({ min: 0, max: 255 })), { maxLength: 4 }),
      keep: fc.oneof(fc.constant(1), fc.double({ min: 0, max: 1, noNaN: true })),
      more: fc.uint8Array({ maxLength: 3 }),
    })
    await fc.assert(
      fc.asyncProperty(idx, fc.boolean(), change, async (file, zip, { edits, keep, more }) => {
        const plain = writeIdx(file.shape, file.data)
        const sound = zip ? gzipSync(plain) : plain
        const kept = sound.subarray(0, Math.round(sound.length * keep))
        const bytes = Uint8Array.from([...kept, ...more])
        for (const [at, byte] of edits) if (bytes.length > 0) bytes[at % bytes.length] = byte
        try {
          const { shape, data } = await readIdx(bytes)
          expect(data.length).toBe(shape.reduce((a, b) => a * b))
        } catch (error) {
          expect(error).toMatchObject({ name: 'LacunaError', code: 'LACUNA_E_IDX' })
        }
      }),
      { numRuns: 4000 },
    )
  })
})

describe('readImages and readLabels', () => {
  test('give images row by row and one label an example', async () => {
    const pixels = Uint8Array.from({ length: 12 }, (_, i) => i * 20)
    const images = await readImages(writeIdx([2, 3, 2], pixels))
    expect([images.count, images.height, images.width]).toEqual([2, 3, 2])
    expect([...images.slice(1, 2).pixels]).toEqual([120, 140, 160, 180, 200, 220])
    expect([...(await readLabels(writeIdx([3], Uint8Array.of(7, 2, 1))))]).toEqual([7, 2, 1])
  })

  test('refuse each other’s files, and images without pixels', async () => {
    const images = writeIdx([1, 2, 2], new Uint8Array(4))
    const labels = writeIdx([4], new Uint8Array(4))
    await expect(readLabels(images)).rejects.toThrow(/LACUNA_E_IDX: the shape at byte 4 is 1×2×2/)
    await expect(readImages(labels)).rejects.toThrow(/LACUNA_E_IDX: the shape at byte 4 is 4;/)
    await expect(readImages(header(5, 0, 28))).rejects.toThrow(/LACUNA_E_IDX/)
    expect((await readImages(header(0, 28, 28))).count).toBe(0)
  })
})

describe('MNIST', () => {
  test.skipIf(withoutMnist)(
    orSkipped('all four files have the right shapes, checksums and counts of digits'),
    async () => {
      for (const { set, count, pixels, digits } of [
        {
          set: 'train',
          count: 60000,
          pixels: 'crc32:f3639b56', // by Python's zlib, like the other
          digits: [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949],
        },
        {
          set: 't10k',
          count: 10000,
          pixels: 'crc32:e4ca5f57',
          digits: [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009],
        },
      ]) {
        const images = await readImages(mnistFile(`${set}-images-idx3-ubyte`))
        expect([images.count, images.height, images.width]).toEqual([count, 28, 28])
        expect(fingerprint(images.pixels)).toBe(pixels)
        const labels = await readLabels(mnistFile(`${set}-labels-idx1-ubyte`))
        const counts = digits.map((_, digit) => labels.filter(label => label === digit).length)
        expect(counts).toEqual(digits)
      }
    },
  )
})
