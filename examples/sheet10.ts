/**
 * The notebook of sheet 10, exercise 3, cell by cell. (Cells 5, 7 and 8, which the sheet left to be
 * written or has lost, stand here under the numbers between.)
 *
 *     node examples/dist/sheet10.js [epochs, 100] [folder for the pictures, runs/sheet10]
 *
 * LACUNA_DATA names a folder with MNIST's IDX files, plain or gzipped. Without it the digits are
 * strokes, synthetic handwriting.
 */

// In [1]
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  EnergyInpainter,
  type Images,
  type Matrix,
  PrincipalComponents,
  paste,
  Random,
  readImages,
  removePatch,
  strokes,
  vis10,
} from 'lacuna'

const [epochs = '100', folder = 'runs/sheet10'] = process.argv.slice(2)
const random = new Random(10)

mkdirSync(folder, { recursive: true })
const show = async (name: string, x: Matrix) =>
  writeFileSync(join(folder, `${name}.png`), await vis10(x))

// In [2]
async function getdata(data = process.env.LACUNA_DATA): Promise<[Images, Images]> {
  if (!data) {
    const { train, test } = strokes({ seed: 10 })
    return [train.images, test.images]
  }
  const read = (part: string): Promise<Images> => {
    const path = join(data, `${part}-images-idx3-ubyte`)
    return readImages(readFileSync(existsSync(path) ? path : `${path}.gz`))
  }
  return [await read('train'), await read('t10k')]
}

const [Xr, Xt] = await getdata()
const x = Xt.matrix(0, 10)

// In [3]: `removePatch(x, random)` gives the incomplete images x(1 − m) and the mask m.

// In [4]
await show('4-incomplete', removePatch(x, random).incomplete)

// In [5]
const components = PrincipalComponents.fit(Xr)
const pca = (z: Matrix, d: number): Matrix => components.reconstruct(z, d)

// In [6]
const { incomplete: Xn, mask: m } = removePatch(x, random)
for (const d of [10, 60, 360]) await show(`6-pca-${d}`, paste(Xn, pca(Xn, d), m))

// In [7]: the generator 784–256–256–784 and the energy network 784–256–256–1.
const inpainter = EnergyInpainter.create({ seed: 10 })

// In [8]: `step` computes err = mean log(1 + exp(E(x) − E(z(1 − m) + flip(g(z))m))) and descends.

// In [9] (`inpainter.train` is this loop in a worker, with the states to resume from.)
const N = Math.min(10_000, Xr.count)
const mb = 100
for (let epoch = 0; epoch < Number(epochs); epoch++) {
  let err = 0
  for (let i = 0; i < N; i += mb) {
    const x = Xr.matrix(i, Math.min(i + mb, N))
    const { mask } = removePatch(x, random)
    err = inpainter.step(x, mask, { learningRate: 0.05 })
  }
  if (epoch % 10 === 0) console.log(epoch, err.toFixed(4))
}

// In [10]
const { incomplete: z, mask } = removePatch(x, random)
await show('10-incomplete', z)
await show('10-completed', inpainter.complete(z, mask))
