// Makes the ready-made models: trains them on the first 50,000 images of MNIST, seed 1, and writes each in
// half precision to NAME.safetensors beside this file, and to models.json what it is. After npm run
// build, with LACUNA_DATA naming the folder of MNIST's files:
//
//   node packages/models/make.js [NAME …]     all of them if none is named; ten minutes on two cores
//
// The same build of the kernels gives the same bytes on every machine.
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  AnyMaskInpainter,
  ConditionalGaussian,
  EnergyInpainter,
  halved,
  readImages,
  WindowInpainter,
} from '../lacuna/dist/index.js'

const seed = 1

/** How each model is made, and what its training first reported, if it has one. */
const makers = {
  'conditional-pca': async images => ({ model: ConditionalGaussian.fit(images) }),
  sheet: images =>
    trained(EnergyInpainter.create({ seed }), images.slice(0, 10_000), { epochs: 100 }),
  supervised: images => trained(WindowInpainter.create({ seed, recipe: 'supervised' }), images),
  window: images => trained(WindowInpainter.create({ seed, recipe: 'window' }), images),
  heads: images => trained(WindowInpainter.create({ seed, recipe: 'heads' }), images),
  any: images => trained(AnyMaskInpainter.create({ seed }), images),
}

async function trained(model, images, options) {
  let firstReport
  for await (const { state: _, ...figures } of model.train(images, options)) firstReport ??= figures
  return { model, firstReport }
}

const folder = process.env.LACUNA_DATA
const names = process.argv.slice(2)
const unknown = names.find(name => !Object.hasOwn(makers, name))
if (unknown || !folder) {
  console.error(
    unknown
      ? `There is no model '${unknown}': ${Object.keys(makers).join(', ')}.`
      : 'Set LACUNA_DATA to the folder with the files of MNIST.',
  )
  process.exit(1)
}
const plain = join(folder, 'train-images-idx3-ubyte')
const all = await readImages(readFileSync(existsSync(plain) ? plain : `${plain}.gz`))
const images = all.slice(0, 50_000)

const here = file => new URL(file, import.meta.url)
const models = existsSync(here('models.json'))
  ? JSON.parse(readFileSync(here('models.json'), 'utf8'))
  : {}
for (const name of names.length > 0 ? names : Object.keys(makers)) {
  const start = performance.now()
  const { model, firstReport } = await makers[name](images)
  const bytes = halved(model.save())
  const seconds = (performance.now() - start) / 1000
  writeFileSync(here(`${name}.safetensors`), bytes)
  models[name] = {
    bytes: bytes.length,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    // By which a test sees that a training still begins with the same bits.
    ...(firstReport && { firstReport }),
  }
  const sorted = Object.fromEntries(Object.entries(models).sort(([a], [b]) => (a < b ? -1 : 1)))
  writeFileSync(here('models.json'), `${JSON.stringify(sorted, null, 2)}\n`)
  console.log(`${name}: ${(bytes.length / 1e6).toFixed(2)} MB in ${seconds.toFixed(0)} s`)
}
