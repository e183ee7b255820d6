// Changes real files as chance will have it, and as those would who mean harm.
import { crc32 } from 'node:zlib'

/** Bytes and 32-bit numbers at the edges of what can be. */
const EDGES = [0, 1, 2, 0x7f, 0x80, 0xfe, 0xff]
const WIDE = [0, 1, 0x7fffffff, 0x80000000, 0xffffffff, 0x10000, 0xffff]

/**
 * A changed copy of some bytes: one to four of the changes below, one after another.
 * @param {import('../packages/lacuna/dist/index.js').Random} random
 * @param {Uint8Array} bytes
 * @param {Uint8Array} other where pieces are taken from
 */
export function mutated(random, bytes, other) {
  let result = Buffer.from(bytes)
  for (let i = random.integer(1, 5); i > 0; i--) result = changed(random, result, other)
  return new Uint8Array(result)
}

/** One change. Half of all places lie in the first 64 bytes, where headers are. */
function changed(random, bytes, other) {
  const length = bytes.length
  if (length === 0) return Buffer.from(other.subarray(0, random.integer(0, 100)))
  const at = random.integer(0, random.uniform() < 0.5 ? Math.min(64, length) : length)
  const copy = Buffer.from(bytes)
  switch (random.integer(0, 8)) {
    case 0: // a bit turns over
      copy[at] ^= 1 << random.integer(0, 8)
      return copy
    case 1:
      copy[at] = EDGES[random.integer(0, EDGES.length)]
      return copy
    case 2: // a number of 32 bits, in either order
      if (at + 4 <= length) copy.writeUInt32BE(WIDE[random.integer(0, WIDE.length)], at)
      return copy
    case 3:
      if (at + 4 <= length) copy.writeUInt32LE(WIDE[random.integer(0, WIDE.length)], at)
      return copy
    case 4: // it breaks off
      return copy.subarray(0, at)
    case 5: // a piece is missing
      return Buffer.concat([copy.subarray(0, at), copy.subarray(at + random.integer(1, 20))])
    case 6: // a piece is there twice
      return Buffer.concat([copy.subarray(0, at + random.integer(1, 40)), copy.subarray(at)])
    default: {
      // a piece of another file
      const from = random.integer(0, other.length)
      const piece = other.subarray(from, from + random.integer(1, 60))
      return Buffer.concat([copy.subarray(0, at), piece, copy.subarray(at)])
    }
  }
}

/** A PNG with the checksums of its chunks set right, so that what was changed is looked at. */
export function withRightChecksums(png) {
  const bytes = Buffer.from(png)
  for (let at = 8; at + 12 <= bytes.length; ) {
    const end = at + 12 + bytes.readUInt32BE(at)
    if (end > bytes.length) break
    bytes.writeUInt32BE(crc32(bytes.subarray(at + 4, end - 4)), end - 4)
    at = end
  }
  return new Uint8Array(bytes)
}

/** What may stand where something else belongs. */
const VALUES = [
  null,
  true,
  -1,
  0,
  0.5,
  1e9,
  2 ** 53,
  1e308,
  '',
  'x',
  '__proto__',
  '9',
  [],
  [[]],
  {},
]

/** JSON in which one value is another, or is missing. */
export function mutatedJson(random, json) {
  const root = { it: JSON.parse(json) }
  const places = []
  const walk = node => {
    for (const key of Object.keys(node)) {
      places.push([node, key])
      if (typeof node[key] === 'object' && node[key] !== null) walk(node[key])
    }
  }
  walk(root)
  const [node, key] = places[random.integer(0, places.length)]
  if (random.uniform() < 0.2) delete node[key]
  else node[key] = VALUES[random.integer(0, VALUES.length)]
  return JSON.stringify(root.it) ?? ''
}

/**
 * A safetensors file with a value of its header changed, or one of the texts in its metadata, or a
 * value in one of those that are JSON.
 */
export function mutatedHeader(random, bytes) {
  const buffer = Buffer.from(bytes)
  const start = 8 + Number(buffer.readBigUInt64LE(0))
  const text = buffer.subarray(8, start).toString()
  const header = JSON.parse(text)
  const texts = Object.entries(header.__metadata__ ?? {})
  const [key, old] = texts[random.integer(0, texts.length + 1)] ?? []
  if (key) {
    const other = () => String(VALUES[random.integer(0, VALUES.length)])
    header.__metadata__[key] = old.startsWith('{') ? mutatedJson(random, old) : other()
  }
  const changed = Buffer.from(key ? JSON.stringify(header) : mutatedJson(random, text))
  const length = Buffer.alloc(8)
  length.writeBigUInt64LE(BigInt(changed.length))
  return new Uint8Array(Buffer.concat([length, changed, buffer.subarray(start)]))
}
