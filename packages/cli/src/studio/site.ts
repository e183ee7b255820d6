import { readdir } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { LacunaError, writeIdx } from 'lacuna'
import type { Dataset } from '../datasets/dataset.js'

/** Where the built studio lies in a clone. */
export const builtStudio = fileURLToPath(new URL('../../../../apps/studio/dist/', import.meta.url))

/** What is served at a path: a file on disk, or bytes. */
type Served = { readonly file: string } | { readonly bytes: Uint8Array }

/** What is served, by the path in its address. */
export type Site = ReadonlyMap<string, Served>

/**
 * The site of the studio: every file of its build, and the data. A request can only name what is in
 * this list, so none can lead anywhere else.
 *
 * @param folder the build
 * @param data undefined where the page is to draw strokes itself
 * @throws LACUNA_E_SERVE if the studio is not built
 */
export async function studioSite(folder: string, data: Dataset | undefined): Promise<Site> {
  const site = new Map<string, Served>()
  for (const file of await filesIn(folder))
    site.set(`/${relative(folder, file).split(sep).join('/')}`, { file })
  const page = site.get('/index.html')
  if (!page)
    throw new LacunaError(
      'LACUNA_E_SERVE',
      `there is no studio in ${folder}`,
      'Run `npm run build` in the root of the repository first.',
    )
  site.set('/', page)
  if (data) addData(site, data)
  return site
}

async function filesIn(folder: string): Promise<string[]> {
  try {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true })
    return entries.filter(e => e.isFile()).map(({ parentPath, name }) => join(parentPath, name))
  } catch {
    return [] // no folder
  }
}

/** Adds the data as the files that MNIST has, and what they are called. */
function addData(site: Map<string, Served>, data: Dataset): void {
  const { name, folder } = data
  const option = name === 'MNIST' ? 'mnist' : folder!
  const about = `${JSON.stringify({ name, option })}\n`
  site.set('/data/data.json', { bytes: new TextEncoder().encode(about) })
  for (const [part, { images, labels }] of [
    ['train', data.train],
    ['t10k', data.test],
  ] as const) {
    const { count, height, width, pixels } = images
    site.set(`/data/${part}-images-idx3-ubyte`, { bytes: writeIdx([count, height, width], pixels) })
    site.set(`/data/${part}-labels-idx1-ubyte`, { bytes: writeIdx([count], labels) })
  }
}
