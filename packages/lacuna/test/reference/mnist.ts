import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** MNIST's files, where the environment variable LACUNA_DATA says; tests do without them otherwise. */
const folder = process.env.LACUNA_DATA
const find = (name: string) =>
  [`${name}.gz`, name].map(file => join(folder ?? '', file)).find(existsSync)

const names = ['train', 't10k'].flatMap(set => [
  `${set}-images-idx3-ubyte`,
  `${set}-labels-idx1-ubyte`,
])

/** Why the tests that read MNIST are skipped, or undefined if they are not. */
export const withoutMnist = !folder
  ? 'LACUNA_DATA is not set'
  : names.some(name => !find(name))
    ? `LACUNA_DATA=${folder} does not hold MNIST’s four files`
    : undefined

/** The bytes of one of the files, such as `t10k-images-idx3-ubyte`, gzipped or plain. */
export function mnistFile(name: string): Uint8Array {
  return readFileSync(find(name)!)
}

/** The name of a test that reads MNIST, with the reason if it is skipped. */
export function orSkipped(title: string): string {
  return withoutMnist ? `${title} (skipped: ${withoutMnist})` : title
}
