/** The address of the studio, to which its files are relative. */
export const site = new URL('.', document.baseURI).href

/** What the server says of the data it has. */
export interface ServedData {
  /** `strokes` if it has none of its own, `MNIST` or `custom`. */
  readonly name: string
  /** What the command's `--data` is to be given for the same. */
  readonly option: string
}

const STROKES: ServedData = { name: 'strokes', option: 'strokes' }

/** The data that the server has; strokes, which every browser can draw, if it has none. */
export async function servedData(): Promise<ServedData> {
  try {
    const { name, option } = (await (await fetch(`${site}data/data.json`)).json()) as ServedData
    return name && option ? { name, option } : STROKES
  } catch {
    return STROKES // a host that leaves the file out
  }
}
