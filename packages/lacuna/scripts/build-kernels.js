// Compiles kernels/ to WebAssembly and writes it, as bytes inside a module, to src/compute/: nothing has
// to be fetched or read to start. Two builds: strict rounds products and sums one by one, fast fuses
// them (kernels/multiply-add.ts).
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { crc32 } from 'node:zlib'
import { main } from 'assemblyscript/asc'

// The stub runtime with nothing to allocate, and `abort` aliased away: the only import is memory.
const options = `--outFile kernels.wasm -O3 --converge --runtime stub --noAssert --use abort=
  --enable simd --enable threads --importMemory --sharedMemory --initialMemory 1
  --maximumMemory 65536 --noExportMemory`

const entry = fileURLToPath(new URL('../kernels/index.ts', import.meta.url))

async function compile(more) {
  let wasm
  const { error, stderr } = await main([entry, ...options.split(/\s+/), ...more], {
    writeFile: (_name, contents) => {
      wasm = contents
    },
  })
  // The one remark that is no warning: a last round of --converge made the code a little longer.
  const messages = stderr.toString().replace('Last converge was suboptimal.\n', '')
  if (error || messages) {
    console.error(messages || error) // a warning is an error too
    process.exit(1)
  }
  return wasm
}

// A byte is a character: gzip, by which pages get it, then finds the same repetitions as in the bytes;
// in base64 it misses most, and the module weighs half as much again.
const escaped = { '\0': '\\x00', '\n': '\\n', '\r': '\\r', "'": "\\'", '\\': '\\\\' }

function write(kind, wasm) {
  const text = Buffer.from(wasm)
    .toString('latin1')
    .replace(/[\0\n\r'\\]/g, character => escaped[character])
  const source = `// Made by scripts/build-kernels.js from kernels/; not to be edited.

/** Names this build of the kernels: how it rounds, and the CRC-32 of its bytes. */
export const buildName = '${kind}-${crc32(wasm).toString(16).padStart(8, '0')}'

const text = '${text}'

/** The WebAssembly module: a byte for each character of the text. */
export const kernelBytes: Uint8Array<ArrayBuffer> = new Uint8Array(text.length)
for (let i = 0; i < text.length; i++) kernelBytes[i] = text.charCodeAt(i)
`
  // Left alone when nothing changed, so that `tsc -b` has nothing to do either.
  const target = new URL(`../src/compute/${kind}-kernels.ts`, import.meta.url)
  if (!existsSync(target) || readFileSync(target, 'utf8') !== source) writeFileSync(target, source)
}

write('strict', await compile([]))
write('fast', await compile(['--enable', 'relaxed-simd']))
