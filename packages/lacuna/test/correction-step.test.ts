import { describe, expect, test } from 'vitest'
import { Matrix } from '../dist/compute/matrix.js'
import { Random } from '../dist/compute/random.js'
import { Images } from '../dist/data/images.js'
import { initialParameters } from '../dist/inpainting/any-mask-checkpoint.js'
import { ConditionalGaussian } from '../dist/inpainting/conditional-gaussian.js'
import { CorrectionNetwork } from '../dist/inpainting/correction-network.js'
import { correctionStep } from '../dist/inpainting/correction-step.js'
import { gaussianTensors } from '../dist/inpainting/gaussian.js'
import { MaskedBatches } from '../dist/inpainting/masked-batches.js'
import { drawTrainingMask } from '../dist/inpainting/training-masks.js'
import { weightOf } from '../dist/network/affine.js'
import { Adam } from '../dist/network/optimiser.js'

const image = { height: 5, width: 4 }
const pixels = 20
/** Two masks, shared by two images and by one. */
const masks = [
  [0, 1, 2, 5],
  [0, 1, 2, 5],
  [7, 8, 9, 10, 11, 14, 15, 19],
]
const n = masks.length
const BETA_1 = 0.5

/** Images whose pixels are background but for a third. */
function someImages(count: number, seed: number): Images {
  const random = new Random(seed)
  const bytes = Uint8Array.from({ length: count * pixels }, () =>
    random.uniform() < 0.35 ? random.integer(1, 256) : 0,
  )
  return new Images(count, image.height, image.width, bytes)
}

/** A network with larger weights than the first ones, so that some pixels reach the clamp. */
function setUp(gentle = 1) {
  const images = someImages(40, 1)
  const { tensors } = initialParameters(image, 3)
  const gaussian = ConditionalGaussian.fit(images)
  const parameters = { image, tensors: new Map([...tensors, ...gaussianTensors(gaussian)]) }
  const network = new CorrectionNetwork(parameters, n, 2)
  const random = new Random(4)
  const [, , last] = network.corrector.layers
  for (let i = 0; i < last!.weight.length; i++) last!.weight[i]! *= gentle
  for (let i = 0; i < pixels; i++) last!.bias[i] = 0.3 * random.normal()
  const { x, mask, firsts } = network.fill
  const truth = images.matrix(0, n)
  x.set(truth.data)
  for (const [i, hole] of masks.entries()) for (const j of hole) mask[i * pixels + j] = 1
  firsts.set([0, 2, 3])
  const completed = gaussian.complete(truth, new Matrix(n, pixels, mask.slice()))
  return { network, truth, completed }
}

const leaky = (u: number) => (u > 0 ? u : 0.2 * u)
const clamp = (v: number) => Math.min(1, Math.max(-1, v))

/** The corrector in float64: its parameters, and v = c + g(1 + c, m) in the hole of an image. */
function reference({ corrector }: CorrectionNetwork, completed: Matrix) {
  const tensors = corrector.layers.map(layer => ({
    W: Float64Array.from(weightOf(layer)),
    b: Float64Array.from(layer.bias),
  }))
  const inputs = masks.map((hole, i) => {
    const c = Array.from(completed.row(i))
    return [...c.map(value => 1 + value), ...c.map((_, j) => (hole.includes(j) ? 1 : 0))]
  })
  const values = () =>
    masks.map((hole, i) => {
      let a = inputs[i]!
      for (const { W, b } of tensors.slice(0, 2)) {
        const below = a
        a = Array.from(b, (bias, o) =>
          leaky(below.reduce((sum, value, k) => sum + value * W[o * below.length + k]!, bias)),
        )
      }
      const { W, b } = tensors[2]!
      return hole.map(
        j => completed.row(i)[j]! + a.reduce((s, value, k) => s + value * W[j * 512 + k]!, b[j]!),
      )
    })
  return { tensors, values }
}

describe('correctionStep', () => {
  test('paints clamp(c + g) in the hole, and finds its mean squared error', () => {
    const { network, truth, completed } = setUp(20)
    const v = reference(network, completed).values()
    const adam = new Adam(network.workspace, network.corrector.layers, 1e-3, BETA_1, 0.99)
    const found = correctionStep(network, n, 2, adam)
    let [squares, count, clamped] = [0, 0, 0]
    const { holes } = network.fill
    for (const [i, hole] of masks.entries())
      for (const [e, j] of hole.entries()) {
        const q = clamp(v[i]![e]!)
        expect(Math.abs(holes.painted[holes.starts[i]! + e]! - q)).toBeLessThan(1e-5)
        squares += (q - truth.row(i)[j]!) ** 2
        count++
        if (Math.abs(v[i]![e]!) > 1) clamped++
      }
    expect(Math.abs(found - squares / count)).toBeLessThan(1e-5)
    expect(clamped).toBeGreaterThan(0)
    expect(clamped).toBeLessThan(count)
  })

  test('descends along the gradient of err, taken through the clamp', () => {
    const { network, truth, completed } = setUp(20)
    const { tensors, values } = reference(network, completed)
    // With ∂err/∂v fixed, err has the same derivatives as the sum of ∂err/∂v · v.
    const slopes = values().map((v, i) => {
      const hole = masks[i]!
      const scale = 2 / (10 * Math.sqrt(hole.length) * n)
      return v.map((value, e) => scale * (clamp(value) - truth.row(i)[hole[e]!]!))
    })
    const surrogate = () =>
      values().reduce((sum, v, i) => v.reduce((s, value, e) => s + slopes[i]![e]! * value, sum), 0)
    const adam = new Adam(network.workspace, network.corrector.layers, 1e-3, BETA_1, 0.99)
    correctionStep(network, n, 2, adam)
    // After one step Adam's first moments are (1 − β₁) times the gradients.
    const moments = new Map([...adam.memory()].map(({ name, data }) => [name, data]))
    const random = new Random(9)
    const h = 1e-6
    for (const [l, { W, b }] of tensors.entries()) {
      const { inputs, outputs, byInput } = network.corrector.layers[l]!
      for (let draw = 0; draw < 25; draw++) {
        const [o, k] = [random.integer(0, outputs), random.integer(0, inputs)]
        for (const [kind, tensor, at, place] of [
          ['weight', W, o * inputs + k, byInput ? k * outputs + o : o * inputs + k],
          ['bias', b, o, o],
        ] as const) {
          const was = tensor[at]!
          tensor[at] = was + h
          const above = surrogate()
          tensor[at] = was - h
          const below = surrogate()
          tensor[at] = was
          const found = moments.get(`optimiser.first.${2 * l}.${kind}`)![place]! / (1 - BETA_1)
          expect(Math.abs(found - (above - below) / (2 * h))).toBeLessThan(1e-6)
        }
      }
    }
  })

  test('never finds a gradient that pushes a clamped pixel further outside', () => {
    const { network } = setUp(200)
    const adam = new Adam(network.workspace, network.corrector.layers, 1e-3, BETA_1, 0.99)
    correctionStep(network, n, 2, adam)
    const { painted, gradient, starts } = network.fill.holes
    let clamped = 0
    for (let e = 0; e < starts[n]!; e++) {
      if (Math.abs(painted[e]!) < 1) continue
      clamped++
      expect(painted[e]! * gradient.values[e]!).toBeGreaterThanOrEqual(0)
    }
    expect(clamped).toBeGreaterThan(5)
  })

  test('leaves the last layer’s weights alone outside all holes', () => {
    const { network } = setUp()
    const { weight, bias } = network.corrector.layers[2]!
    const before = [weight.slice(), bias.slice()] as const
    const adam = new Adam(network.workspace, network.corrector.layers, 1e-3, BETA_1, 0.99)
    correctionStep(network, n, 2, adam)
    const missing = new Set(masks.flat())
    let moved = 0
    for (let j = 0; j < pixels; j++) {
      const row = (W: Float32Array) => [...W.subarray(512 * j, 512 * (j + 1))]
      const weightMoved = row(weight).some((value, k) => value !== row(before[0])[k])
      if (bias[j] !== before[1][j]) moved++
      expect(weightMoved).toBe(bias[j] !== before[1][j])
      if (!missing.has(j)) expect(weightMoved).toBe(false)
    }
    expect(moved).toBeGreaterThan(missing.size / 2) // background that is painted so has no gradient
  })
})

describe('MaskedBatches', () => {
  test('takes every image once an epoch, ten to a mask, and any step by itself', () => {
    const images = someImages(230, 2)
    const batches = new MaskedBatches(images, 7)
    expect([batches.size, batches.groups]).toEqual([100, 10])
    const network = new CorrectionNetwork(initialParameters(image, 1), 100, 10)
    const { x, mask, firsts } = network.fill
    const all = images.matrix()
    const key = (row: Float32Array) => row.join()
    const known = new Map<string, number>()
    for (let i = 0; i < all.rows; i++)
      known.set(key(all.row(i)), (known.get(key(all.row(i))) ?? 0) + 1)
    const batchAt = (step: number, from = batches) => {
      from.take(step, network)
      return { x: x.slice(), mask: mask.slice() }
    }
    const epoch = [batchAt(0), batchAt(1)] // 200 of the 230
    for (const { x: rows } of epoch)
      for (let i = 0; i < 100; i++) {
        const row = key(rows.subarray(i * pixels, (i + 1) * pixels))
        expect(known.get(row)).toBeGreaterThan(0)
        known.set(row, known.get(row)! - 1)
      }
    expect([...firsts.subarray(0, 11)]).toEqual([0, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100])
    for (const { mask: rows } of epoch)
      for (let i = 0; i < 100; i++) {
        const row = (i: number) => [...rows.subarray(i * pixels, (i + 1) * pixels)]
        expect(row(i)).toEqual(row(10 * Math.floor(i / 10)))
      }
    expect(epoch[1]!.mask).not.toEqual(epoch[0]!.mask)
    expect(batchAt(2).x).not.toEqual(epoch[0]!.x)
    expect(batchAt(1, new MaskedBatches(images, 7))).toEqual(epoch[1])
    expect(batchAt(1, new MaskedBatches(images, 8)).x).not.toEqual(epoch[1]!.x)
  })

  test('of fewer images than a batch takes them all', () => {
    const images = someImages(23, 2)
    const batches = new MaskedBatches(images, 7)
    expect([batches.size, batches.groups]).toEqual([23, 3])
    const network = new CorrectionNetwork(initialParameters(image, 1), 23, 3)
    batches.take(5, network)
    expect([...network.fill.firsts.subarray(0, 4)]).toEqual([0, 10, 20, 23])
  })
})

test('half of the masks to learn from are strokes, three in ten rectangles, the rest patches', () => {
  const random = new Random(1)
  const counts = { patch: 0, rectangle: 0, strokes: 0 }
  const shape = { height: 28, width: 28 }
  let strokePixels = 0
  for (let i = 0; i < 4000; i++) {
    const mask = new Float32Array(784)
    drawTrainingMask(mask, shape, random)
    const hole = [...mask.keys()].filter(j => mask[j])
    const rows = hole.map(j => Math.floor(j / 28))
    const columns = hole.map(j => j % 28)
    const extent = (of: number[]) => Math.max(...of) - Math.min(...of) + 1
    const [height, width] = [extent(rows), extent(columns)]
    const filled = height * width === hole.length
    if (filled && height === 6 && width === 6 && Math.abs(rows[0]! - 11) <= 4) counts.patch++
    else if (filled && Math.min(height, width) >= 4) counts.rectangle++
    else {
      counts.strokes++
      strokePixels += hole.length
      expect(hole.length).toBeGreaterThanOrEqual(Math.round(0.03 * 784))
      expect(hole.length).toBeLessThanOrEqual(Math.round(0.25 * 784))
    }
  }
  // Four standard deviations of a share of 4,000, and a few rectangles that look like patches.
  expect(Math.abs(counts.strokes - 2000)).toBeLessThan(127)
  expect(Math.abs(counts.rectangle - 1200)).toBeLessThan(127)
  expect(Math.abs(counts.patch - 800)).toBeLessThan(110)
  expect(Math.abs(strokePixels / counts.strokes / 784 - 0.14)).toBeLessThan(0.006)
})
