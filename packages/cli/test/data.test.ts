import { execFileSync } from 'node:child_process'
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { cacheFolder } from '../dist/datasets/cache-folder.js'
import { readFolder } from '../dist/datasets/folder.js'
import { mnistFiles } from '../dist/datasets/mnist-files.js'
import { smallFiles, writeFolder } from './digits-folder.js'
import { lacuna, temporaryFolder } from './lacuna-command.js'
import { mirror, serving } from './mirror.js'

const files = smallFiles(20, 10)

describe('a folder of images', () => {
  test('is read whichever way its files are spelled', async () => {
    const pixels = Buffer.from(files.get('t10k-images-idx3-ubyte')!.subarray(16))
    for (const spelling of [{}, { gzip: true }, { dotted: true }, { gzip: true, dotted: true }]) {
      const folder = temporaryFolder()
      writeFolder(folder, files, spelling)
      const { train, test } = await readFolder(folder)
      expect([train.images.count, train.labels.length]).toEqual([20, 20])
      expect(pixels.equals(test.images.pixels)).toBe(true)
    }
  })

  const damages: [string, (folder: string) => void, string, RegExp][] = [
    ['missing', f => rmSync(f, { recursive: true }), 'LACUNA_E_DATA', /does not exist/],
    [
      'a file',
      f => {
        rmSync(f, { recursive: true })
        writeFileSync(f, '')
      },
      'LACUNA_E_DATA',
      /is not a folder/,
    ],
    [
      'incomplete',
      f => {
        rmSync(join(f, 't10k-labels-idx1-ubyte'))
        rmSync(join(f, 'train-images-idx3-ubyte'))
      },
      'LACUNA_E_DATA',
      /lacks train-images-idx3-ubyte, t10k-labels-idx1-ubyte /,
    ],
    [
      'with a folder in place of a file',
      f => {
        rmSync(join(f, 'train-labels-idx1-ubyte'))
        mkdirSync(join(f, 'train-labels-idx1-ubyte'))
      },
      'LACUNA_E_DATA',
      /train-labels-idx1-ubyte: it is not a file/,
    ],
    [
      'with a pipe in place of a file',
      f => {
        rmSync(join(f, 'train-labels-idx1-ubyte'))
        execFileSync('mkfifo', [join(f, 'train-labels-idx1-ubyte')])
      },
      'LACUNA_E_DATA',
      /train-labels-idx1-ubyte: it is not a file/,
    ],
    [
      'with a truncated file',
      f => {
        const bytes = files.get('train-images-idx3-ubyte')!
        writeFileSync(join(f, 'train-images-idx3-ubyte'), bytes.subarray(0, 5000))
      },
      'LACUNA_E_IDX',
      /train-images-idx3-ubyte: /,
    ],
    [
      'with labels in place of images',
      f => copyFileSync(join(f, 't10k-labels-idx1-ubyte'), join(f, 't10k-images-idx3-ubyte')),
      'LACUNA_E_IDX',
      /t10k-images-idx3-ubyte: /,
    ],
    [
      'with fewer labels than images',
      f => copyFileSync(join(f, 't10k-labels-idx1-ubyte'), join(f, 'train-labels-idx1-ubyte')),
      'LACUNA_E_DATA',
      /20 images but .* 10 labels/,
    ],
    [
      'of images of two sizes',
      f => {
        const bytes = files.get('train-images-idx3-ubyte')!.slice()
        new DataView(bytes.buffer).setUint32(8, 14)
        new DataView(bytes.buffer).setUint32(12, 56)
        writeFileSync(join(f, 'train-images-idx3-ubyte'), bytes)
      },
      'LACUNA_E_DATA',
      /training images are 14×56 and the test images 28×28/,
    ],
  ]
  test.each(damages)('that is %s is refused, never replaced', async (_, damage, code, fault) => {
    const folder = join(temporaryFolder(), 'digits')
    writeFolder(folder, files)
    damage(folder)
    for (const [args, env] of [
      [['data', '--data', folder], {}],
      [['data'], { LACUNA_DATA: folder }],
    ] as const) {
      const { code: exit, stdout, stderr } = await lacuna([...args], env)
      expect(stderr).toContain(`lacuna: ${code}: `)
      expect(stderr).toMatch(fault)
      expect(stderr).toContain(folder)
      expect(stderr).not.toMatch(/^ +at /m)
      expect([exit, stdout]).toEqual([1, ''])
    }
  })
})

describe('lacuna data', () => {
  test('says where the images lie and what they are', async () => {
    const folder = temporaryFolder()
    writeFolder(folder, files, { gzip: true })
    const { code, stdout, stderr } = await lacuna(['data', '--json'], { LACUNA_DATA: folder })
    expect(code).toBe(0)
    expect(stderr).toBe('')
    const description = JSON.parse(stdout)
    expect(description).toMatchObject({
      name: 'custom',
      origin: 'folder',
      folder,
      train: { images: 20, height: 28, width: 28 },
      test: { images: 10 },
      fingerprint: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
    })
    expect(description.train.perDigit.reduce((a: number, b: number) => a + b)).toBe(20)
    const words = await lacuna(['data', '--data', folder])
    expect(words.stdout).toContain(folder)
    expect(words.stdout).toContain('20 images of 28×28')
  })

  test('the fingerprint follows the content, not the files', async () => {
    const print = async (options: object, content = files) => {
      const folder = temporaryFolder()
      writeFolder(folder, content, options)
      return JSON.parse((await lacuna(['data', '--data', folder, '--json'])).stdout).fingerprint
    }
    const plain = await print({})
    expect(await print({ gzip: true, dotted: true })).toBe(plain)
    const changed = new Map(files)
    const labels = changed.get('t10k-labels-idx1-ubyte')!.slice()
    labels[9]! ^= 1
    changed.set('t10k-labels-idx1-ubyte', labels)
    expect(await print({}, changed)).not.toBe(plain)
  })

  test('falls back to strokes without a network, saying so in one line; mnist does not', async () => {
    const cache = join(temporaryFolder(), 'cache')
    const silent = await mirror(() => {}, '127.0.0.7')
    const env = { LACUNA_CACHE: cache, LACUNA_MIRRORS: silent }
    const fallback = await lacuna(['data', '--json'], env)
    expect(fallback.code).toBe(0)
    expect(fallback.stderr).toMatch(/^Downloading MNIST \(11\.6 MB\)/)
    expect(fallback.stderr).toMatch(/^No MNIST: .*\. Using strokes.*instead\.$/m)
    expect(JSON.parse(fallback.stdout)).toMatchObject({ name: 'strokes', origin: 'generated' })

    const strict = await lacuna(['data', '--data', 'mnist'], env)
    expect([strict.code, strict.stdout]).toEqual([1, ''])
    expect(strict.stderr).toContain('lacuna: LACUNA_E_DOWNLOAD: no mirror answers')
    expect(existsSync(cache)).toBe(false)
  })

  test('never takes for MNIST what a mirror has under its names', async () => {
    const cache = join(temporaryFolder(), 'cache')
    const wrong = new Map([...files].map(([name, bytes]) => [`${name}.gz`, gzipSync(bytes)]))
    const { code, stderr } = await lacuna(['data', '--data', 'mnist'], {
      LACUNA_CACHE: cache,
      LACUNA_MIRRORS: await mirror(serving(wrong)),
    })
    expect(code).toBe(1)
    expect(stderr).toMatch(
      /LACUNA_E_DOWNLOAD: no mirror has train-images-idx3-ubyte: .* has the MD5/,
    )
    expect(existsSync(cache)).toBe(false)
  })

  test('a cache that is damaged, or holds other images, is as good as none', async () => {
    const cache = join(temporaryFolder(), 'cache')
    const env = { LACUNA_CACHE: cache, LACUNA_MIRRORS: await mirror(() => {}, '127.0.0.8') }
    writeFolder(join(cache, 'mnist'), files)
    for (const damage of [
      () => {},
      () => writeFileSync(join(cache, 'mnist', 'train-images-idx3-ubyte'), 'half'),
    ]) {
      damage()
      const strict = await lacuna(['data', '--data', 'mnist'], env)
      expect([strict.code, strict.stdout]).toEqual([1, ''])
      expect(strict.stderr).toMatch(
        /^The copy of MNIST in .*cache.mnist is damaged, and not used$/m,
      )
      expect(strict.stderr).toContain('lacuna: LACUNA_E_DOWNLOAD: no mirror answers')
    }
    const fallback = await lacuna(['data', '--json'], env)
    expect(JSON.parse(fallback.stdout)).toMatchObject({ name: 'strokes' })
  })

  const mnist = process.env.LACUNA_DATA
  test.skipIf(!mnist)('downloads MNIST once (skipped unless LACUNA_DATA names it)', async () => {
    const real = new Map(
      mnistFiles.map(({ name }) => {
        const gzip = join(mnist!, `${name}.gz`)
        const plain = () => gzipSync(readFileSync(join(mnist!, name)), { level: 1 })
        return [`${name}.gz`, existsSync(gzip) ? readFileSync(gzip) : plain()]
      }),
    )
    const cache = join(temporaryFolder(), 'cache')
    const env = { LACUNA_CACHE: cache, LACUNA_MIRRORS: await mirror(serving(real)) }
    const fresh = await lacuna(['data', '--json'], env)
    const folder = join(cache, 'mnist')
    expect(JSON.parse(fresh.stdout)).toMatchObject({ name: 'MNIST', origin: 'download', folder })
    expect(fresh.stderr).toMatch(/download: [0-9.]+ of 11\.6 MB, [0-9]+ s left/)
    const again = await lacuna(['data', '--json'], { LACUNA_CACHE: cache })
    expect(JSON.parse(again.stdout)).toMatchObject({ name: 'MNIST', origin: 'cache' })
    expect(again.stderr).toBe('')
    const [damaged] = readdirSync(folder)
    writeFileSync(join(folder, damaged!), 'half')
    const mended = await lacuna(['data', '--json'], env)
    expect(mended.stderr).toContain('is damaged, and not used')
    expect(JSON.parse(mended.stdout)).toMatchObject({ name: 'MNIST', origin: 'download' })
    expect((await lacuna(['data'], { LACUNA_CACHE: cache })).stderr).toBe('')
  })
})

test('the cache lies where the platform keeps such things', () => {
  const home = homedir()
  expect(cacheFolder({ LACUNA_CACHE: '/x' }, 'darwin')).toBe('/x')
  expect(cacheFolder({}, 'linux')).toBe(join(home, '.cache', 'lacuna'))
  expect(cacheFolder({ XDG_CACHE_HOME: '/c' }, 'linux')).toBe(join('/c', 'lacuna'))
  expect(cacheFolder({ XDG_CACHE_HOME: 'c' }, 'linux')).toBe(join(home, '.cache', 'lacuna'))
  expect(cacheFolder({}, 'darwin')).toBe(join(home, 'Library', 'Caches', 'lacuna'))
  expect(cacheFolder({ LOCALAPPDATA: '/l' }, 'win32')).toBe(join('/l', 'lacuna', 'Cache'))
})
