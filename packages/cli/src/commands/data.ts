import { Command } from 'commander'
import type { Dataset } from '../datasets/dataset.js'
import { openDataset } from '../datasets/open.js'
import { dataOption, examples, jsonOption } from '../options.js'
import { Progress } from '../progress.js'

/** `lacuna data`: fetches the images if need be, and says where they lie and what they are. */
export function dataCommand(signal: AbortSignal): Command {
  const command = new Command('data')
    .summary('fetch the images, or say where they lie')
    .description('Download MNIST if it is not there yet, and say where the images lie.')
    .addOption(dataOption())
    .addOption(jsonOption())
    .action(async (options: { data: string; json?: true }) => {
      const progress = new Progress(options)
      const description = describe(await openDataset(options.data, progress, signal))
      progress.clear()
      if (options.json) process.stdout.write(`${JSON.stringify(description, null, 2)}\n`)
      else for (const line of inWords(description)) progress.print(line)
    })
  examples(command, [
    ['lacuna data', 'download MNIST once; strokes if there is no network'],
    ['lacuna data --data mnist', 'the same, but fail without MNIST'],
    ['lacuna data --data ~/mnist --json', 'check a folder of your own'],
  ])
  command.addHelpText(
    'after',
    `
Environment:
  LACUNA_DATA     folder with the four MNIST files, used instead of a download
  LACUNA_CACHE    folder that downloads are kept in
  LACUNA_MIRRORS  addresses to download from, separated by commas`,
  )
  return command
}

function describe(data: Dataset) {
  const part = ({ images, labels }: Dataset['train']) => ({
    images: images.count,
    height: images.height,
    width: images.width,
    perDigit: Array.from({ length: 10 }, (_, digit) => labels.filter(l => l === digit).length),
  })
  const { name, origin, folder, fingerprint } = data
  return {
    name,
    origin,
    folder: folder ?? null,
    train: part(data.train),
    test: part(data.test),
    fingerprint,
  }
}

function inWords({ name, origin, folder, train, test, fingerprint }: ReturnType<typeof describe>) {
  const whence = {
    folder: 'a folder that you named',
    cache: 'the cache',
    download: 'downloaded just now',
    generated: 'drawn from a seed, nothing is stored',
  }
  const size = ({ images, height, width }: typeof train) =>
    `${images.toLocaleString('en')} images of ${height}×${width} pixels`
  return [
    `${name} (${whence[origin]})`,
    ...(folder === null ? [] : [`  folder       ${folder}`]),
    `  training     ${size(train)}`,
    `  test         ${size(test)}`,
    `  fingerprint  ${fingerprint}`,
  ]
}
