import { crc32, deflateSync } from 'node:zlib'
import { encode } from 'fast-png'
import { describe, expect, test } from 'vitest'
import { writeGrayPng } from '../dist/formats/png.js'
import { readGrayPng } from '../dist/formats/read-png.js'

const png = (width: number, data: Uint8Array | Uint16Array, channels: number, depth: number) =>
  encode({
    width,
    height: 2,
    data,
    channels,
    depth: depth as 8,
  })

/** A chunk with its length and checksum. */
function chunk(type: string, content: readonly number[]): Uint8Array {
  const bytes = Buffer.concat([
    Buffer.alloc(4),
    Buffer.from(type),
    Buffer.from(content),
    Buffer.alloc(4),
  ])
  bytes.writeUInt32BE(content.length, 0)
  bytes.writeUInt32BE(crc32(bytes.subarray(4, -4)), bytes.length - 4)
  return bytes
}

/** A PNG with a chunk behind its header. */
const withChunk = (bytes: Uint8Array, type: string, content: readonly number[]) =>
  Buffer.concat([bytes.subarray(0, 33), chunk(type, content), bytes.subarray(33)])

describe('a PNG is read as gray', () => {
  test('8 and 16 bits come back as they were written', async () => {
    for (const levels of [Uint8Array.of(0, 1, 128, 255), Uint16Array.of(0, 1, 40000, 65535)]) {
      const read = await readGrayPng(await writeGrayPng(levels, 2, 2))
      expect(read).toEqual({ width: 2, height: 2, levels, hadColours: false })
    }
  })

  test('1, 2 and 4 bits are stretched to 8; a row begins with a byte of its own', async () => {
    // Three pixels a row, from the left in the high bits.
    const cases: [number, number[], number[]][] = [
      [1, [0b10100000, 0b01000000], [255, 0, 255, 0, 255, 0]],
      [2, [0b00011000, 0b11000100], [0, 85, 170, 255, 0, 85]],
      [4, [0x0f, 0x10, 0x88, 0xf0], [0, 255, 17, 136, 136, 255]],
    ]
    for (const [depth, bytes, levels] of cases) {
      const read = await readGrayPng(png(3, Uint8Array.from(bytes), 1, depth))
      expect([...read.levels]).toEqual(levels)
    }
  })

  test('colours by ITU-R BT.601, alpha apart', async () => {
    const colours = Uint8Array.of(255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 255)
    const read = await readGrayPng(png(2, colours, 3, 8))
    expect(read.hadColours).toBe(true)
    expect(read.alpha).toBeUndefined()
    expect([...read.levels]).toEqual([76, 150, 29, 255])
    const withAlpha = await readGrayPng(png(1, Uint8Array.of(9, 9, 9, 200, 50, 50, 50, 0), 4, 8))
    expect([...withAlpha.levels]).toEqual([9, 50])
    expect([...withAlpha.alpha!]).toEqual([200, 0])
    const gray = await readGrayPng(png(1, Uint16Array.of(7, 65535, 300, 1), 2, 16))
    expect([gray.levels, gray.alpha]).toEqual([Uint16Array.of(7, 300), Uint16Array.of(65535, 1)])
  })

  test('a palette, too', async () => {
    const palette = [
      [0, 0, 0],
      [200, 200, 200],
    ] as [number, number, number][]
    const bytes = encode({
      width: 2,
      height: 1,
      data: Uint8Array.of(1, 0),
      channels: 1,
      depth: 8,
      palette,
    })
    expect([...(await readGrayPng(bytes)).levels]).toEqual([200, 0])
  })

  test('a transparent colour is transparency: of gray, of few bits and of colours', async () => {
    const key = (bytes: Uint8Array, ...samples: number[]) =>
      withChunk(
        bytes,
        'tRNS',
        samples.flatMap(sample => [sample >> 8, sample & 255]),
      )
    const gray = await writeGrayPng(Uint8Array.of(7, 9, 7, 0), 2, 2)
    expect([...(await readGrayPng(key(gray, 7))).alpha!]).toEqual([0, 255, 0, 255])
    const deep = await writeGrayPng(Uint16Array.of(7, 9, 0x1207, 0), 2, 2)
    expect([...(await readGrayPng(key(deep, 0x1207))).alpha!]).toEqual([65535, 65535, 0, 65535])
    const few = png(3, Uint8Array.of(0b00011000, 0b11000100), 1, 2)
    expect([...(await readGrayPng(key(few, 1))).alpha!]).toEqual([255, 0, 255, 255, 255, 0])
    const colours = png(1, Uint8Array.of(1, 2, 3, 1, 2, 4), 3, 8)
    expect([...(await readGrayPng(key(colours, 1, 2, 4))).alpha!]).toEqual([255, 0])
    await expect(readGrayPng(key(colours, 1, 2))).rejects.toThrow(/LACUNA_E_PNG.*transparent/)
  })

  test('a palette that only suggests colours changes nothing, nor does what is no pixel', async () => {
    const colours = png(1, Uint8Array.of(255, 0, 0, 0, 255, 0), 3, 8)
    const suggested = withChunk(colours, 'PLTE', [9, 9, 9])
    expect(await readGrayPng(suggested)).toEqual(await readGrayPng(colours))
    const profile = withChunk(colours, 'iCCP', [65, 0, 0, 1, 2, 3])
    expect(await readGrayPng(profile)).toEqual(await readGrayPng(colours))
  })

  test('pixels that inflate to more or less than the header says are refused', async () => {
    const bomb = deflateSync(new Uint8Array(50_000_000))
    const small = await writeGrayPng(new Uint8Array(1), 1, 1)
    const [before, after] = [small.subarray(0, 33), small.subarray(-12)]
    for (const content of [bomb, deflateSync(new Uint8Array(1)), new Uint8Array(0)]) {
      const bytes = Buffer.concat([before, chunk('IDAT', [...content]), after])
      await expect(readGrayPng(bytes)).rejects.toThrow(
        /LACUNA_E_PNG.*not the 2 bytes|incorrect|end/,
      )
    }
    const twice = Buffer.concat([before, before.subarray(8), small.subarray(33)])
    await expect(readGrayPng(twice)).rejects.toThrow(/LACUNA_E_PNG.*two headers/)
  })

  test('what is none, torn, damaged or too large is refused', async () => {
    const whole = await writeGrayPng(new Uint8Array(400), 20, 20)
    const large = whole.slice()
    new DataView(large.buffer).setUint32(16, 70_000)
    new DataView(large.buffer).setUint32(20, 70_000)
    const damaged = whole.slice()
    damaged[45]! ^= 1
    const interlaced = png(3, Uint8Array.of(0, 0), 1, 1)
    interlaced[28] = 1
    for (const bytes of [
      new Uint8Array(0),
      Uint8Array.of(1, 2, 3),
      whole.slice(0, 20),
      whole.slice(0, 50),
      large,
      damaged,
      interlaced,
    ])
      await expect(readGrayPng(bytes)).rejects.toThrow(/^LACUNA_E_PNG/)
  })
})
