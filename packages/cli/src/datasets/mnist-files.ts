import { LacunaError } from 'lacuna'

/** One of the four IDX files that a data set of labelled images consists of. */
export type DataFile = {
  readonly name: string
  /** Size of the file when it is not compressed. */
  readonly bytes: number
  /** MD5 of the file when it is not compressed, so that any mirror's gzip can be checked. */
  readonly md5: string
  /** Size of the gzip file on the usual mirrors: for announcing and showing progress only. */
  readonly download: number
}

/** MNIST (LeCun, Cortes & Burges): 60,000 + 10,000 handwritten digits of 28×28 pixels. */
export const mnistFiles: readonly DataFile[] = [
  {
    name: 'train-images-idx3-ubyte',
    bytes: 47_040_016,
    md5: '6bbc9ace898e44ae57da46a324031adb',
    download: 9_912_422,
  },
  {
    name: 'train-labels-idx1-ubyte',
    bytes: 60_008,
    md5: 'a25bea736e30d166cdddb491f175f624',
    download: 28_881,
  },
  {
    name: 't10k-images-idx3-ubyte',
    bytes: 7_840_016,
    md5: '2646ac647ad5339dbf082846283269ea',
    download: 1_648_877,
  },
  {
    name: 't10k-labels-idx1-ubyte',
    bytes: 10_008,
    md5: '27ae3e4e09519cfbb04c329615203637',
    download: 4_542,
  },
]

const usualMirrors = [
  'https://ossci-datasets.s3.amazonaws.com/mnist/',
  'https://storage.googleapis.com/cvdf-datasets/mnist/',
]

/**
 * The folders, as URLs, that the files are downloaded from, in order of preference:
 * `LACUNA_MIRRORS` (separated by commas) if it is set.
 *
 * @throws LACUNA_E_OPTION if one of them is not an http or https URL
 */
export function mirrors(environment: NodeJS.ProcessEnv = process.env): string[] {
  const named = (environment.LACUNA_MIRRORS ?? '').split(',').map(mirror => mirror.trim())
  const chosen = named.filter(mirror => mirror !== '')
  if (chosen.length === 0) return usualMirrors
  return chosen.map(mirror => {
    if (!URL.canParse(mirror) || !/^https?:$/.test(new URL(mirror).protocol))
      throw new LacunaError(
        'LACUNA_E_OPTION',
        `LACUNA_MIRRORS names "${mirror}", which is not an http or https address`,
        'Give addresses of folders, such as https://example.org/mnist/, separated by commas.',
      )
    return mirror.endsWith('/') ? mirror : `${mirror}/`
  })
}
