import { expect, test } from 'vitest'
import {
  AnyMaskInpainter,
  ClassificationRbm,
  ConditionalRbm,
  EnergyInpainter,
  Images,
  Matrix,
  MixtureDensityNetwork,
  readSafetensors,
  WindowInpainter,
  writeSafetensors,
} from '../dist/index.js'

// States that say of themselves what cannot be: what is theirs to say, and what a training does with it.

const bits = (rows: number, cols: number) =>
  new Matrix(
    rows,
    cols,
    Float32Array.from({ length: rows * cols }, (_, i) => ((i * i) % 5) & 1),
  )
const images = (side: number) =>
  new Images(
    3,
    side,
    side,
    new Uint8Array(3 * side * side).map((_, i) => (37 * i) & 255),
  )

/** For each model a training from a state, and another one of the model whose shape is not the first's. */
const trainings = {
  mixture: (resume?: Uint8Array, outputs = 1) =>
    MixtureDensityNetwork.create({ seed: 1, inputs: 1, outputs, components: 2, hidden: [3] }).train(
      bits(20, 1),
      bits(20, outputs),
      { epochs: 3, ...(resume && { resume }) },
    ),
  machine: (resume?: Uint8Array, outputs = 3) =>
    ConditionalRbm.create({ seed: 1, inputs: 2, outputs, hidden: 2 }).train(
      bits(20, 2),
      bits(20, outputs),
      { epochs: 3, ...(resume && { resume }) },
    ),
  classes: (resume?: Uint8Array, hidden = 2) =>
    ClassificationRbm.create({ seed: 1, inputs: 4, classes: 2, hidden }).train(
      bits(20, 4),
      Array.from({ length: 20 }, (_, i) => i & 1),
      { epochs: 3, ...(resume && { resume }) },
    ),
  windows: (resume?: Uint8Array, side = 28) =>
    WindowInpainter.create({
      seed: 1,
      recipe: 'supervised',
      image: { height: side, width: side },
    }).train(images(side), { steps: 3, ...(resume && { resume }) }),
  anyMask: (resume?: Uint8Array, side = 3) =>
    AnyMaskInpainter.create({ seed: 1, image: { height: side, width: side } }).train(images(side), {
      steps: 3,
      ...(resume && { resume }),
    }),
}

/** The first state of a training. */
async function firstState(training: AsyncIterable<{ state?: Uint8Array }>): Promise<Uint8Array> {
  for await (const { state } of training) if (state) return state
  throw new Error('no state')
}

async function trainToTheEnd(training: AsyncIterable<unknown>) {
  for await (const _ of training);
}

const refused = expect.objectContaining({ code: expect.stringMatching(/RESUME|CHECKPOINT/) })
const impossible = ['-1', '0.5', '4', '4503599627370496', '']

test.each([
  ['mixture', 'done'],
  ['mixture', 'best'],
  ['machine', 'done'],
  ['classes', 'done'],
  ['classes', 'best'],
  ['windows', 'step'],
  ['anyMask', 'step'],
] as const)('%s: a state with an impossible %s is refused at once', async (name, count) => {
  const train = trainings[name]
  const state = await firstState(train())
  const { tensors, metadata } = readSafetensors(state)
  expect(metadata).toHaveProperty(count)
  for (const value of impossible) {
    const resume = writeSafetensors(tensors, { ...metadata, [count]: value })
    await expect(trainToTheEnd(train(resume)), value).rejects.toEqual(refused)
  }
  await trainToTheEnd(train(state))
})

test.each([
  ['mixture', ['current', 'best'], 2],
  ['machine', ['machine'], 4],
  ['classes', ['best'], 3],
  ['windows', ['model'], 29],
  ['anyMask', ['model'], 4],
] as const)('%s: a state with a model of other sizes is refused', async (name, models, other) => {
  const train = trainings[name]
  const [own, others] = [await firstState(train()), await firstState(train(undefined, other))]
  const [state, foreign] = [readSafetensors(own), readSafetensors(others)]
  for (const model of models) {
    const tensors = new Map(state.tensors).set(model, foreign.tensors.get(model)!)
    const resume = writeSafetensors(tensors, state.metadata)
    await expect(trainToTheEnd(train(resume)), model).rejects.toEqual(refused)
  }
})

test('the state of an energy inpainter cannot be of more epochs than there are', async () => {
  const image = { height: 8, width: 8 }
  const patch = { height: 2, width: 2, jitter: 1 }
  const create = () =>
    EnergyInpainter.create({ seed: 1, image, energyHidden: [4], generatorHidden: [4] })
  const train = (resume?: Uint8Array) =>
    create().train(images(8), { epochs: 3, patch, ...(resume && { resume }) })
  const { tensors, metadata } = readSafetensors(await firstState(train()))
  for (const epochs of [-1, 0, 0.5, 4, 2 ** 52, 1e308, null, '1', {}]) {
    const training = JSON.stringify({ ...JSON.parse(metadata.training!), epochs })
    const resume = writeSafetensors(tensors, { ...metadata, training })
    await expect(trainToTheEnd(train(resume)), String(epochs)).rejects.toEqual(refused)
  }
})

test('layers of a machine without metadata are not empty, as nothing would bound the others', () => {
  const empty = (shape: number[]) => ({ shape, data: new Float32Array(0) })
  for (const [W, U] of [
    [
      [0, 2 ** 33],
      [0, 2 ** 33],
    ],
    [
      [2 ** 33, 0],
      [2 ** 33, 0],
    ],
  ]) {
    const tensors = new Map([
      ['W', empty(W!)],
      ['U', empty(U!)],
    ])
    expect(() => ConditionalRbm.load(writeSafetensors(tensors))).toThrow('LACUNA_E_CHECKPOINT')
  }
})

test('whatever is no bytes is refused with a code', async () => {
  const models = [
    MixtureDensityNetwork,
    ConditionalRbm,
    ClassificationRbm,
    EnergyInpainter,
    WindowInpainter,
    AnyMaskInpainter,
  ]
  for (const none of [1, null, undefined, {}, 'x', [], new ArrayBuffer(8)])
    for (const model of models)
      expect(() => model.load(none as Uint8Array)).toThrow('LACUNA_E_SAFETENSORS')
})
