// The most that WebAssembly SIMD can do on this machine with the arithmetic of our kernels, which is
// to multiply and then to add: a loop that only computes in registers.

/** Independent chains of each kind, so that none waits for the last result; with x they fit 16 registers. */
const CHAINS = 6
const LANES = 4
const each = write => Array.from({ length: CHAINS }, (_, i) => write(i)).join('\n')

// pᵢ ← x·pᵢ and sᵢ ← sᵢ + pᵢ. That x is 1 is known only when it runs; s is returned, or nothing of it
// would be computed.
const source = `
export function multiplyAdd(steps: i32, one: f32): f32 {
  const x = f32x4.splat(one)
  ${each(i => `let p${i} = f32x4.splat(${i}), s${i} = f32x4.splat(0)`)}
  for (; steps > 0; steps--) {
    ${each(i => `p${i} = f32x4.mul(p${i}, x)`)}
    ${each(i => `s${i} = f32x4.add(s${i}, p${i})`)}
  }
  ${each(i => (i > 0 ? `s0 = f32x4.add(s0, s${i})` : ''))}
  return f32x4.extract_lane(s0, 0)
}`

async function compile() {
  const { main } = await import('assemblyscript/asc') // a second, for those who need it
  let bytes
  const files = { 'roofline.ts': source }
  const options = 'roofline.ts --outFile roofline.wasm -O3 --runtime stub --enable simd'
  const { error, stderr } = await main(options.split(' '), {
    readFile: name => files[name] ?? null,
    writeFile: (_name, contents) => {
      bytes = contents
    },
    listFiles: () => [],
  })
  if (error) throw new Error(`the roofline does not compile: ${stderr}`)
  return bytes
}

/** @returns `run(steps)`, seconds; and `flops`, the operations of one step */
export async function openRoofline() {
  const { instance } = await WebAssembly.instantiate(await compile())
  return {
    flops: 2 * CHAINS * LANES,
    run: steps => {
      const start = performance.now()
      instance.exports.multiplyAdd(steps, 1)
      return (performance.now() - start) / 1000
    },
  }
}
