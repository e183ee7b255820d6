import {
  ClassificationRbm,
  ConditionalGaussian,
  ConditionalRbm,
  EnergyInpainter,
  fingerprint,
  Images,
  Matrix,
  MixtureDensityNetwork,
  PrincipalComponents,
  Random,
} from 'lacuna'
import { drawMasks } from 'lacuna/completion'
import { inverseProblem } from 'lacuna/verification'

/**
 * A few epochs in a worker, then a few questions: the same code runs in Node and in the page, and
 * everything it finds must be the same to the bit.
 */
export async function trainBriefly() {
  const random = new Random(1)
  const images = new Images(
    250,
    28,
    28,
    Uint8Array.from({ length: 250 * 784 }, () => random.integer(0, 256)),
  )
  const inpainter = EnergyInpainter.create({ seed: 1 })
  const losses: number[] = []
  for await (const { loss } of inpainter.train(images, { epochs: 3 })) losses.push(loss)
  const network = MixtureDensityNetwork.create({ seed: 1, inputs: 1 })
  const nlls: number[] = []
  const { x: inputs, t } = inverseProblem(500, 1)
  for await (const { nll, validationNll } of network.train(inputs, t, { epochs: 3 }))
    nlls.push(nll, validationNll)
  const mixture = network.predict(inputs)
  const grey = new Matrix(
    250,
    784,
    Float32Array.from(images.pixels, value => value / 255),
  )
  const labels = Uint8Array.from({ length: 250 }, () => random.integer(0, 10))
  const classifier = ClassificationRbm.create({ seed: 1, inputs: 784, classes: 10, hidden: 30 })
  const training = { objective: 'hybrid', epochs: 2 } as const
  const classNlls: number[] = []
  for await (const { nll } of classifier.train(grey, labels, training)) classNlls.push(nll)
  const normal = (rows: number, cols: number) =>
    new Matrix(
      rows,
      cols,
      Float64Array.from({ length: rows * cols }, () => random.normal()),
    )
  const machine = ConditionalRbm.from({ W: normal(2, 5), U: normal(7, 5) })
  const bit = new Matrix(1, 2, Float64Array.of(0, 1))
  const rbm = ConditionalRbm.create({ seed: 1, inputs: 6, outputs: 20, hidden: 10 })
  const coins = (cols: number) =>
    new Matrix(
      200,
      cols,
      Float32Array.from({ length: 200 * cols }, () => random.integer(0, 2)),
    )
  const watched: number[] = []
  for await (const epoch of rbm.train(coins(6), coins(20), { epochs: 3, batch: 30 }))
    watched.push(epoch.freeEnergyGap, epoch.pseudoLogLikelihood, epoch.reconstructionError)
  const x = images.matrix(0, 20)
  const small = new Images(50, 16, 16, images.pixels.subarray(0, 50 * 256))
  const brushed = drawMasks('strokes', 50, { height: 16, width: 16 }, random)
  const filled = ConditionalGaussian.fit(small).complete(small.matrix(), brushed)
  const components = PrincipalComponents.fit(images.slice(0, 50))
  const bits = ({ buffer, byteOffset, byteLength }: ArrayBufferView) =>
    fingerprint(new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength))
  return {
    losses,
    checkpoint: fingerprint(inpainter.save()),
    nlls,
    mixtureCheckpoint: fingerprint(network.save()),
    predictions: [mixture.logWeights, mixture.means, mixture.scales].map(({ data }) => bits(data)),
    classNlls,
    classifier: fingerprint(classifier.save()),
    probabilities: bits(classifier.predict(grey.slice(0, 20)).data),
    answers: machine.predict(bit),
    outputs: bits(machine.sample(bit, random).data),
    meanField: bits(machine.meanField(bit).marginals.data),
    medians: bits(mixture.quantile(0.5)),
    watched,
    rbmCheckpoint: fingerprint(rbm.save()),
    energies: bits(inpainter.energy(x)),
    components: bits(components.components.data),
    reconstruction: bits(components.reconstruct(x, 10).data),
    filled: bits(filled.data),
    isolated: globalThis.crossOriginIsolated ?? false,
  }
}
