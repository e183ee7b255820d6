import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { afterAll, expect, test, vi } from 'vitest'

const source = fileURLToPath(new URL('../../packages/lacuna/src/', import.meta.url))
/** A module of the library by its name. */
const moduleOf = name =>
  import(/* @vite-ignore */ new URL(`../../packages/lacuna/dist/${name}.js`, import.meta.url).href)

const entries = await Promise.all(['library', 'completion', 'verification'].map(moduleOf))
const known = Object.assign({}, ...entries)
/** What is not public, and appears in the examples of what is not public either. */
const hidden = [
  'compute/workspace',
  'network/affine',
  'network/perceptron',
  'network/weight-average',
]
const inner = Object.assign({}, ...(await Promise.all(hidden.map(moduleOf))))
const { Matrix, Random } = known

/** The examples in the docstrings of a file. */
function examplesIn(text) {
  return [...text.matchAll(/```ts\n(.*?)```/gs)].map(([, code]) => code.replace(/^ *\* ?/gm, ''))
}

/** An example in which every training is left after its first report. */
function shortened(code) {
  return code.replace(/ of (\w+\.train\((?:[^()]|\([^()]*\))*\))\)/g, ' of firstOf($1))')
}

async function* firstOf(training) {
  for await (const report of training) {
    yield report
    return
  }
}

/** How many images there are. */
const COUNT = 100

/** What examples speak of without having made it. */
function surroundings(file, code) {
  const { train } = known.strokes({ seed: 1, train: COUNT, test: 1 })
  const { images, labels } = train
  const truth = images.matrix(0, 6)
  const { incomplete, mask, patches } = known.removePatch(truth, new Random(1))
  const bits = (rows, cols) =>
    new Matrix(
      rows,
      cols,
      Float32Array.from({ length: rows * cols }, (_, i) => ((i * i) % 3) & 1),
    )
  const holes = {
    ...{ incomplete, mask, patches, z: incomplete },
    // One for each image of the last sixth.
    holes: known.drawMasks('patch', Math.ceil(COUNT / 6), images, new Random(1)),
  }
  const common = { images, labels, ...holes, seed: 1, firstOf }
  if (file.startsWith('network')) {
    const workspace = new inner.Workspace()
    const net = new inner.Perceptron(workspace, [784, 256], ['identity'], 100)
    const average = new inner.WeightAverage(workspace, net.layers, 0.99)
    const x = new Float32Array(100 * 784)
    const bound = { workspace, kernels: workspace.kernels, layer: net.layers[0], average }
    return { ...common, ...bound, ...(file.includes('sparse') && { images: x }), test: images }
  }
  if (file.startsWith('mixture')) {
    const { x, t } = known.inverseProblem(60, 1)
    const network = known.MixtureDensityNetwork.create({ seed: 1, inputs: 1 })
    const two = known.MixtureDensityNetwork.create({ seed: 1, inputs: 1, outputs: 2 })
    const isJoint = code.includes('conditional(')
    const mixture = (isJoint ? two : network).predict(x.slice(0, 1))
    return { ...common, x, t, network, mixture, firstAngle: new Matrix(1, 1, Float64Array.of(0.5)) }
  }
  if (file.startsWith('boltzmann')) {
    if (file.includes('classification'))
      return {
        ...common,
        x: bits(20, 784),
        labels: labels.slice(0, 20),
        heldX: bits(5, 784),
        heldLabels: labels.slice(0, 5),
        rbm: known.ClassificationRbm.create({ seed: 1, inputs: 784, classes: 10 }),
      }
    const [W, U] = [
      [1, 3],
      [2, 3],
    ].map(
      ([rows, cols]) =>
        new Matrix(
          rows,
          cols,
          Float64Array.from({ length: rows * cols }, (_, i) => i / 3 - 0.5),
        ),
    )
    const rbm = known.ConditionalRbm.from({ W, U, outputBias: [0.5, -1] })
    const alone = known.ConditionalRbm.create({ seed: 1, outputs: 6, hidden: 3 })
    return {
      ...common,
      rbm: file.includes('annealed') ? alone : rbm,
      W,
      U,
      x: bits(4, 1),
      y: bits(4, 2),
      digits: bits(20, 784),
    }
  }
  const model = /energy|training-patches/.test(file)
    ? known.EnergyInpainter
    : file.includes('any-mask')
      ? known.AnyMaskInpainter
      : known.WindowInpainter
  const options = file.includes('window') ? { seed: 1, recipe: 'heads' } : { seed: 1 }
  const inpainter = model.create(options)
  const rbm = known.ConditionalRbm.create({ seed: 1, outputs: 784, hidden: 4 })
  return {
    ...common,
    inpainter,
    x: truth,
    test: images,
    bytes: bytesFor(file, { images, labels, inpainter, rbm }),
  }
}

/** The bytes that an example of a file reads. */
function bytesFor(file, { images, labels, inpainter, rbm }) {
  if (file.includes('clamped-rbm')) return rbm.save()
  if (file.includes('safetensors')) return inpainter.save()
  if (file.includes('errors')) return new Uint8Array(3)
  return {
    images: known.writeIdx([COUNT, 28, 28], images.pixels),
    labels: known.writeIdx([COUNT], labels),
  }
}

const files = readdirSync(source, { recursive: true }).filter(file => file.endsWith('.ts'))
const examples = files
  .sort()
  .flatMap(file =>
    examplesIn(readFileSync(source + file, 'utf8')).map((code, i) => [
      `${file}, example ${i + 1}`,
      file,
      code,
    ]),
  )

const log = vi.spyOn(console, 'log').mockImplementation(() => {})
const error = vi.spyOn(console, 'error').mockImplementation(() => {})
afterAll(() => {
  log.mockRestore()
  error.mockRestore()
})

test('there are examples', () => {
  expect(examples.length).toBeGreaterThan(50)
})

test.each(examples)(
  '%s runs',
  async (_, file, code) => {
    const own = await moduleOf(file.replace(/\.ts$/, ''))
    const given = surroundings(file, code)
    if (typeof given.bytes === 'object' && given.bytes.images) {
      const { writeGrayPng, readLabels } = known
      given.bytes = file.includes('png')
        ? await writeGrayPng(new Uint8Array(12), 4, 3)
        : code.includes(readLabels.name)
          ? given.bytes.labels
          : given.bytes.images
    }
    const scope = { ...inner, ...known, ...own, ...given }
    const { outputText } = ts.transpileModule(shortened(code), {
      compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext },
    })
    const run = new Function('scope', `with (scope) { return (async () => {\n${outputText}\n})() }`)
    // This one shows what is refused.
    if (file === 'compute/known-options.ts') await expect(run(scope)).rejects.toThrow('sacle')
    else await run(scope)
  },
  60_000,
)
