import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { afterAll, expect, test, vi } from 'vitest'

const source = fileURLToPath(new URL('../../packages/lacuna/src/', import.meta.url))
const dist = fileURLToPath(new URL('../../packages/lacuna/dist/', import.meta.url))
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

/** Its example shows what is refused. */
const MISUSE = 'compute/known-options.ts'

/** How many images there are. */
const COUNT = 100

/** What examples speak of without having made it. */
function surroundings(file, code) {
  const { train } = known.strokes({ seed: 1, train: COUNT, test: 1 })
  const { images, labels } = train
  const truth = images.matrix(0, 6)
  const { incomplete, mask, patches } = known.removePatch(truth, new Random(1))
  const bits = (rows, cols, Kind = Float64Array) =>
    new Matrix(
      rows,
      cols,
      Kind.from({ length: rows * cols }, (_, i) => ((i * i) % 3) & 1),
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
    const { x, t: targets } = known.inverseProblem(60, 1)
    // What was observed is asked about in float64, and learnt from in float32.
    const observed = new Matrix(60, 1, Float64Array.from(targets.data))
    const t = file.includes('calibration') ? observed : targets
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
        x: bits(20, 784, Float32Array),
        labels: labels.slice(0, 20),
        heldX: bits(5, 784, Float32Array),
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
      digits: bits(20, 784, Float32Array),
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

/** What an example speaks of without having made it, and the very bytes that it reads. */
async function givenTo(file, code) {
  const given = surroundings(file, code)
  if (!given.bytes?.images) return given
  const { writeGrayPng, readLabels } = known
  const bytes = file.includes('png')
    ? await writeGrayPng(new Uint8Array(12), 4, 3)
    : code.includes(readLabels.name)
      ? given.bytes.labels
      : given.bytes.images
  return { ...given, bytes }
}

/** The type of a value that is given to an example; `any` of what is of no class of its own. */
function typeOf(value) {
  if (value instanceof Matrix) return `library.Matrix<${value.data.constructor.name}>`
  const name = value?.constructor?.name
  if (Object.hasOwn(known, name)) return `library.${name}`
  if (ArrayBuffer.isView(value)) return name
  return ['number', 'string'].includes(typeof value) ? typeof value : 'any'
}

/** The names that a piece of code declares, and those of the types that it mentions. */
function namesIn(code) {
  const [declared, types] = [new Set(), new Set()]
  const visit = node => {
    const { name } = node
    if (
      name &&
      ts.isIdentifier(name) &&
      (ts.isVariableDeclaration(node) || ts.isBindingElement(node))
    )
      declared.add(name.text)
    if (ts.isTypeReferenceNode(node) && !ts.isConstTypeReference(node))
      types.add(node.typeName.getText())
    ts.forEachChild(node, visit)
  }
  visit(ts.createSourceFile('example.ts', code, ts.ScriptTarget.ES2022, true))
  return { declared, types }
}

/** An example as a module: what it uses and does not declare is imported, or declared with its type. */
async function asModule(file, code) {
  const path = name => JSON.stringify(`${dist}${name}.js`)
  const own = file.replace(/\.ts$/, '')
  const { declared, types } = namesIn(code)
  const given = await givenTo(file, code)
  const lacks = name => !declared.has(name) && new RegExp(`(?<![.\\w])${name}\\b`).test(code)
  const lines = [`import type * as library from ${path('library')}`]
  for (const name of types) lines.push(`import type { ${name} } from ${path(own)}`)
  for (const name of Object.keys(given).filter(lacks))
    lines.push(`declare const ${name}: ${typeOf(given[name])}`)
  const imported = new Set([...types, ...Object.keys(given)])
  for (const source of ['library', 'completion', 'verification', ...hidden, own])
    for (const name of Object.keys(await moduleOf(source)).filter(lacks)) {
      if (imported.has(name)) continue
      imported.add(name)
      lines.push(`import { ${name} } from ${path(source)}`)
    }
  return `${lines.join('\n')}\n${code}\nexport {}\n`
}

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
    const given = await givenTo(file, code)
    const scope = { ...inner, ...known, ...own, ...given }
    const { outputText } = ts.transpileModule(shortened(code), {
      compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext },
    })
    const run = new Function('scope', `with (scope) { return (async () => {\n${outputText}\n})() }`)
    if (file === MISUSE) await expect(run(scope)).rejects.toThrow('sacle')
    else await run(scope)
  },
  60_000,
)

test('the examples are well typed', async () => {
  const texts = new Map()
  for (const [i, [, file, code]] of examples.entries())
    if (file !== MISUSE) texts.set(`${dist}example-${i}.ts`, await asModule(file, code))
  const options = {
    ...{ noEmit: true, strict: true, skipLibCheck: true, types: ['node'] },
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    lib: ['lib.es2023.d.ts', 'lib.dom.d.ts', 'lib.dom.asynciterable.d.ts'],
  }
  const host = ts.createCompilerHost(options)
  const { getSourceFile, fileExists, readFile } = host
  host.fileExists = path => texts.has(path) || fileExists(path)
  host.readFile = path => texts.get(path) ?? readFile(path)
  host.getSourceFile = (path, ...rest) =>
    texts.has(path)
      ? ts.createSourceFile(path, texts.get(path), options.target)
      : getSourceFile(path, ...rest)
  const program = ts.createProgram([...texts.keys()], options, host)
  const faults = ts.getPreEmitDiagnostics(program).map(({ file, start, messageText }) => {
    const example = /example-(\d+)\.ts$/.exec(file?.fileName)?.[1]
    const line = file?.text.slice(start).split('\n')[0]
    const why = ts.flattenDiagnosticMessageText(messageText, ' ')
    return `${example === undefined ? file?.fileName : examples[example][0]}: ${line}: ${why}`
  })
  expect(faults).toEqual([])
}, 120_000)
