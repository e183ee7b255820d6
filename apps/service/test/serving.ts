import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  ClassificationRbm,
  ConditionalRbm,
  EnergyInpainter,
  type M64,
  Matrix,
  MixtureDensityNetwork,
  Random,
  WindowInpainter,
} from 'lacuna'
import { Service, type ServiceOptions } from 'lacuna-service'
import type { CompleteAnswer } from 'lacuna-service/client'
import { afterAll } from 'vitest'

const image = { height: 9, width: 7 }
const columns = { inputs: ['a', 'b'], outputs: ['c', 'd', 'e'] }

/** Untrained models of every family, small enough to answer in no time. */
export const models = {
  sheet: EnergyInpainter.create({ seed: 1, image, generatorHidden: [12], energyHidden: [5] }),
  heads: WindowInpainter.create({ seed: 2, recipe: 'heads', image: { height: 12, width: 12 } }),
  pixels: ConditionalRbm.create({ seed: 3, outputs: 36, hidden: 4 }),
  line: MixtureDensityNetwork.create({ seed: 4, inputs: 2, components: 3, hidden: [5] }),
  plane: MixtureDensityNetwork.create({
    ...{ seed: 5, inputs: 1, outputs: 2, components: 3, hidden: [5] },
    covariance: 'diagonal',
  }),
  bits: ConditionalRbm.create({ seed: 6, inputs: 2, outputs: 3, hidden: 4, columns }),
  classes: ClassificationRbm.create({ seed: 7, inputs: 4, classes: 3, hidden: 5 }),
}

/** An empty folder that is removed after the tests of the file. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'lacuna-service-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** Writes the checkpoints of the models into a folder. */
export function modelFiles(folder: string, only?: readonly (keyof typeof models)[]) {
  return Object.entries(models)
    .filter(([name]) => only?.includes(name as keyof typeof models) ?? true)
    .map(([name, model]) => {
      const path = join(folder, `${name}.safetensors`)
      writeFileSync(path, model.save())
      return { name, path }
    })
}

/** A service of some models, ended after the tests of the file, and the lines of its log. */
export async function serve(
  options: Partial<ServiceOptions> & { readonly only?: readonly (keyof typeof models)[] } = {},
): Promise<{ service: Service; log: string[] }> {
  const { only, ...rest } = options
  const log: string[] = []
  const service = await Service.start({
    models: modelFiles(temporaryFolder(), only),
    threads: 1,
    log: { write: line => void log.push(line) },
    ...rest,
    limits: { rate: 1e6, ...rest.limits },
  })
  afterAll(() => service.close())
  return { service, log }
}

/** An answer, its body as JSON if it is. */
export interface Outcome {
  readonly status: number
  readonly headers: Headers
  // biome-ignore lint/suspicious/noExplicitAny: whatever the service answers
  readonly body: any
}

/** Asks a service: a JSON body is posted, none is a GET. */
export async function ask(
  service: Service,
  path: string,
  body?: unknown,
  init: RequestInit = {},
): Promise<Outcome> {
  const posted = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }
  const headers = { ...(body !== undefined && { 'content-type': 'application/json' }) }
  const response = await fetch(new URL(path, service.url), {
    ...posted,
    ...init,
    headers: { ...headers, ...(init.headers as Record<string, string>) },
  })
  const bytes = new Uint8Array(await response.arrayBuffer())
  const isJson = response.headers.get('content-type')?.startsWith('application/json')
  const read = isJson ? JSON.parse(new TextDecoder().decode(bytes)) : bytes
  return { status: response.status, headers: response.headers, body: read }
}

/** A figure of a service, by its name and labels in a pattern. */
export async function metric(service: Service, name: string): Promise<number> {
  const { body } = await ask(service, '/metrics')
  const found = new RegExp(`^${name} (\\S+)$`, 'm').exec(new TextDecoder().decode(body))
  return Number(found?.[1] ?? 0)
}

/** The first answer to each image. */
export function imagesOf({ images }: CompleteAnswer): (string | number[])[] {
  return images.map(({ answers }) => answers[0]!.image)
}

/** n images of random pixels, and a rectangle in each. */
export function randomImages(n: number, seed: number, { height, width } = image) {
  const random = new Random(seed)
  const z = new Matrix(n, height * width)
  z.data.set(z.data.map(() => 2 * random.uniform() - 1))
  const mask = new Matrix(n, height * width)
  for (let i = 0; i < n; i++) {
    const [r, c] = [random.integer(0, height - 5), random.integer(0, width - 5)]
    const size = [random.integer(1, 6), random.integer(1, 6)] as const
    for (let y = r; y < r + size[0]; y++)
      mask.row(i).fill(1, y * width + c, y * width + c + size[1])
  }
  return { z, mask }
}

/** The same with the hole of 6×6 pixels that windows are made for. */
export function patchedImages(n: number, seed: number, shape = { height: 12, width: 12 }) {
  const { z, mask } = randomImages(n, seed, shape)
  const random = new Random(seed, 1)
  mask.data.fill(0)
  for (let i = 0; i < n; i++) {
    const [r, c] = [random.integer(0, shape.height - 5), random.integer(0, shape.width - 5)]
    for (let y = r; y < r + 6; y++)
      mask.row(i).fill(1, y * shape.width + c, y * shape.width + c + 6)
  }
  return { z, mask }
}

/** Images as a request has them. */
export function sent({ z, mask }: { z: Matrix; mask: Matrix }) {
  return Array.from({ length: z.rows }, (_, i) => ({
    image: [...z.row(i)],
    mask: [...mask.row(i)],
  }))
}

/** The rows of a matrix. */
export function rowsOf(x: Matrix<Float32Array | Float64Array>): number[][] {
  return Array.from({ length: x.rows }, (_, i) => [...x.row(i)])
}

/** Rows as a matrix of float64. */
export function matrix(rows: readonly (readonly number[])[]): M64 {
  return new Matrix(rows.length, rows[0]!.length, Float64Array.from(rows.flat()))
}
