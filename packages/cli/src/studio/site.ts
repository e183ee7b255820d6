import { readdir } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { LacunaError, writeIdx } from 'lacuna'
import type { Dataset } from '../datasets/dataset.js'

/** Where the built studio lies in a clone. */
export const builtStudio = fileURLToPath(new URL('../../../../apps/studio/dist/', import.meta.url))

/** A file on disk, or bytes. */
type Served = { readonly file: string } | { readonly bytes: Uint8Array }

/** What is served at the path of an address; undefined if nothing is. */
export type Site = (path: string) => Promise<Served | undefined>

/**
 * The site of the studio: every file of its build, and the data. A request chooses from the list of
 * what there is and is never made a path on disk, so none can lead anywhere else. The list is made
 * anew for every request, as the build may be.
 *
 * @param folder the build
 * @param data undefined where the page is to draw strokes itself
 * @throws LACUNA_E_SERVE if the studio is not built
 */
export async function studioSite(folder: string, data: Dataset | undefined): Promise<Site> {
  const own = data ? dataFiles(data) : new Map<string, Served>()
  const site: Site = async path => {
    const name = path === '/' ? '/index.html' : path
    const file = (await filesIn(folder)).find(file => pathOf(folder, file) === name)
    return own.get(name) ?? (file === undefined ? undefined : { file })
  }
  if (!(await site('/')))
    throw new LacunaError(
      'LACUNA_E_SERVE',
      `there is no studio in ${folder}`,
      'Run `npm run build` in the root of the repository first.',
    )
  return site
}

function pathOf(folder: string, file: string): string {
  return `/${relative(folder, file).split(sep).join('/')}`
}

async function filesIn(folder: string): Promise<string[]> {
  try {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true })
    return entries.filter(e => e.isFile()).map(({ parentPath, name }) => join(parentPath, name))
  } catch {
    return [] // no folder
  }
}

/** The data as the files that MNIST has, and what they are called. */
function dataFiles({ name, folder, train, test }: Dataset): Map<string, Served> {
  const option = name === 'MNIST' ? 'mnist' : folder!
  const about = new TextEncoder().encode(`${JSON.stringify({ name, option })}\n`)
  const files = new Map<string, Served>([['/data/data.json', { bytes: about }]])
  for (const [part, { images, labels }] of Object.entries({ train, t10k: test })) {
    const { count, height, width, pixels } = images
    const bytes = writeIdx([count, height, width], pixels)
    files.set(`/data/${part}-images-idx3-ubyte`, { bytes })
    files.set(`/data/${part}-labels-idx1-ubyte`, { bytes: writeIdx([count], labels) })
  }
  return files
}
