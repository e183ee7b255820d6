import {
  AnyMaskInpainter,
  ClassificationRbm,
  ConditionalRbm,
  EnergyInpainter,
  Images,
  Matrix,
  MixtureDensityNetwork,
  Random,
  readSafetensors,
  WindowInpainter,
} from 'lacuna'

/** How a run is made; its tensors must not depend on it. */
export type Way = { readonly threads: number; readonly interrupted?: boolean }

/** Anything that is trained part by part; not every part need end with a state. */
type Trainable<Options> = {
  train(options: Options): AsyncIterable<{ readonly state?: Uint8Array }>
  save(): Uint8Array
}

/** The SHA-256 of the tensors that a few epochs of every model leave, by the name of the model. */
export async function trainedTensors(way: Way): Promise<Record<string, string>> {
  const random = new Random(1)
  const noise = (rows: number, cols: number, draw: () => number) =>
    new Matrix(rows, cols, Float32Array.from({ length: rows * cols }, draw))
  // Half of the pixels are background, so that the first layers are sparse.
  const pixels = Uint8Array.from({ length: 250 * 784 }, () =>
    Math.max(0, random.integer(-256, 256)),
  )
  const images = new Images(250, 28, 28, pixels)
  const [x, t] = [noise(600, 8, () => random.normal()), noise(600, 2, () => random.normal())]
  const gray = noise(250, 784, () => random.uniform())
  const labels = Uint8Array.from({ length: 250 }, () => random.integer(0, 10))

  const inpainter = () => {
    const model = EnergyInpainter.create({ seed: 1 })
    return {
      train: (o: object) => model.train(images, { epochs: 4, ...o }),
      save: () => model.save(),
    }
  }
  const corrected = new Images(250, 16, 16, pixels.subarray(0, 250 * 256))
  const anyMask = () => {
    const model = AnyMaskInpainter.create({ seed: 1, image: { height: 16, width: 16 } })
    return {
      train: (o: object) => model.train(corrected, { steps: 6, ...o }),
      save: () => model.save(),
    }
  }
  const mixture = () => {
    const hidden = [128, 128]
    const model = MixtureDensityNetwork.create({ seed: 1, inputs: 8, outputs: 2, hidden })
    const options = { epochs: 4, batch: 200 }
    return {
      train: (o: object) => model.train(x, t, { ...options, ...o }),
      save: () => model.save(),
    }
  }
  const classifier = () => {
    const model = ClassificationRbm.create({ seed: 1, inputs: 784, classes: 10, hidden: 128 })
    const options = { objective: 'hybrid', epochs: 4 } as const
    return {
      train: (o: object) => model.train(gray, labels, { ...options, ...o }),
      save: () => model.save(),
    }
  }
  // The first 84 bits are inputs, so that every example has a chain of its own.
  const bits = (start: number, end: number) =>
    new Matrix(
      250,
      end - start,
      gray.data.filter((_, i) => i % 784 >= start && i % 784 < end).map(Math.round),
    )
  const [known, missing] = [bits(0, 84), bits(84, 784)]
  const machine = () => {
    const model = ConditionalRbm.create({ seed: 1, inputs: 84, outputs: 700, hidden: 128 })
    return {
      train: (o: object) => model.train(known, missing, { epochs: 4, ...o }),
      save: () => model.save(),
    }
  }
  const windows = (recipe: 'window' | 'heads') => () => {
    const model = WindowInpainter.create({ seed: 1, recipe })
    return {
      train: (o: object) => model.train(images, { steps: 16, ...o }),
      save: () => model.save(),
    }
  }
  return {
    anyMask: await tensorsAfter(anyMask, way),
    window: await tensorsAfter(windows('window'), way),
    heads: await tensorsAfter(windows('heads'), way),
    inpainter: await tensorsAfter(inpainter, way),
    mixture: await tensorsAfter(mixture, way),
    classifier: await tensorsAfter(classifier, way),
    machine: await tensorsAfter(machine, way),
  }
}

async function tensorsAfter(
  create: () => Trainable<{ threads: number; resume?: Uint8Array }>,
  { threads, interrupted }: Way,
): Promise<string> {
  let model = create()
  let resume: Uint8Array | undefined
  if (interrupted) {
    for await (const { state } of model.train({ threads })) {
      resume = state
      if (resume) break
    }
    model = create()
  }
  for await (const _ of model.train({ threads, ...(resume && { resume }) }));
  const { tensors } = readSafetensors(model.save())
  const bytes: Uint8Array[] = []
  for (const [name, { data }] of [...tensors].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const { buffer, byteOffset, byteLength } = data
    bytes.push(new TextEncoder().encode(name), new Uint8Array(buffer, byteOffset, byteLength))
  }
  const whole = await new Blob(bytes as BlobPart[]).arrayBuffer()
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', whole))
  return Array.from(digest, byte => byte.toString(16).padStart(2, '0')).join('')
}
