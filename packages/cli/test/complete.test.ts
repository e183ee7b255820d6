import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { decode, encode } from 'fast-png'
import { ConditionalGaussian, Matrix, readImages } from 'lacuna'
import { describe, expect, test } from 'vitest'
import { smallFiles, writeFolder } from './digits-folder.js'
import { lacuna, start, temporaryFolder } from './lacuna-command.js'

const files = smallFiles(240, 10)
const folder = temporaryFolder()
writeFolder(folder, files)
const at = (name: string) => join(folder, name)
const train = await readImages(files.get('train-images-idx3-ubyte')!)
const digit = (await readImages(files.get('t10k-images-idx3-ubyte')!)).pixels.slice(0, 784)

const gaussian = ConditionalGaussian.fit(train)
writeFileSync(at('gaussian.safetensors'), gaussian.save())

/** 1 in the sheet's patch. */
const hole = Uint8Array.from({ length: 784 }, (_, j) =>
  j % 28 >= 11 && j % 28 < 17 && j >= 308 && j < 476 ? 1 : 0,
)
const png = (name: string, data: Uint8Array | Uint16Array, channels: number, size = 28) =>
  writeFileSync(
    at(name),
    encode({
      width: size,
      height: data.length / size / channels,
      data,
      channels,
      depth: data instanceof Uint16Array ? 16 : 8,
    }),
  )
png('digit.png', digit, 1)
png(
  'hole.png',
  hole.map(m => 255 * m),
  1,
)

const complete = (picture: string, ...args: string[]) =>
  lacuna(['complete', at(picture), '--data', folder, '-o', at('whole.png'), ...args])
const model = ['--model', at('gaussian.safetensors')]
const mask = ['--mask', at('hole.png')]

/** The Gaussian's own completion of levels of gray up to `white`. */
function expected(levels: ArrayLike<number>, white: number): number[] {
  const z = new Matrix(
    1,
    784,
    Float32Array.from(levels, (p, j) => (hole[j] ? 0 : (2 * p) / white - 1)),
  )
  const { data } = gaussian.complete(z, new Matrix(1, 784, Float32Array.from(hole)))
  return Array.from(data, (v, j) => (hole[j] ? Math.round(((v + 1) / 2) * white) : levels[j]!))
}

describe('one answer', () => {
  test('fills the hole by the model, keeps every other pixel, and says who did it', async () => {
    const { code, stdout } = await complete('digit.png', ...mask, ...model, '--seed', '5')
    expect(code).toBe(0)
    expect(stdout).toContain(at('whole.png'))
    const { data, depth, channels, text } = decode(readFileSync(at('whole.png')), {
      checkCrc: true,
    })
    expect([depth, channels]).toEqual([8, 1])
    expect([...data]).toEqual(expected(digit, 255))
    const hash = createHash('sha256')
      .update(readFileSync(at('gaussian.safetensors')))
      .digest('hex')
    expect(text).toMatchObject({
      Software: expect.stringMatching(/^lacuna \d/),
      'Lacuna method': 'conditional-pca',
      'Lacuna model': `sha256:${hash}`,
      'Lacuna seed': '5',
    })
  })

  test('16 bits stay 16 bits', async () => {
    const levels = Uint16Array.from(digit, (p, j) => 257 * p - (p > 0 ? j % 200 : 0))
    png('deep.png', levels, 1)
    expect((await complete('deep.png', ...mask, ...model)).code).toBe(0)
    const { data, depth } = decode(readFileSync(at('whole.png')))
    expect(depth).toBe(16)
    expect([...data]).toEqual(expected(levels, 65535))
  })

  test('what is transparent is the hole, where there is no mask', async () => {
    png(
      'clear.png',
      Uint8Array.from({ length: 1568 }, (_, at) =>
        at % 2 === 0 ? digit[at / 2]! : 255 * (1 - hole[(at - 1) / 2]!),
      ),
      2,
    )
    expect((await complete('clear.png', ...model)).code).toBe(0)
    expect([...decode(readFileSync(at('whole.png'))).data]).toEqual(expected(digit, 255))
  })

  test('colours are turned to gray, with a note', async () => {
    const colours = Uint8Array.from({ length: 2352 }, (_, at) =>
      at % 3 === 1 ? digit[(at - 1) / 3]! : 0,
    )
    png('green.png', colours, 3)
    const { code, stderr } = await complete('green.png', ...mask, ...model)
    expect(code).toBe(0)
    expect(stderr).toMatch(/green\.png has colours; it is completed in gray/)
    expect([...decode(readFileSync(at('whole.png'))).data]).toEqual(
      expected(
        digit.map(p => Math.round(0.587 * p)),
        255,
      ),
    )
  })

  test('without a model at hand the method learns from the data first', async () => {
    const { code, stdout } = await complete('digit.png', ...mask, '--method', 'mean', '--json')
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({
      method: 'mean',
      model: expect.stringMatching(/^mean of custom sha256:[0-9a-f]{64}$/),
      answers: [{ file: at('whole.png') }],
    })
    const { data } = decode(readFileSync(at('whole.png')))
    for (const [j, level] of data.entries()) {
      let sum = 0
      for (let i = 0; i < 200; i++) sum += train.pixels[784 * i + j]!
      expect(Math.abs(level - (hole[j] ? sum / 200 : digit[j]!))).toBeLessThanOrEqual(0.5001)
    }
  })
})

test('a method that takes minutes says so before, and is told of a better way', async () => {
  const args = ['--mask', at('hole.png'), '--method', 'mixture', '--data', folder]
  const out = at('unfinished.png')
  const { child, outcome } = start(['complete', at('digit.png'), ...args, '-o', out])
  let said = ''
  const listen = (chunk: Buffer) => {
    said += chunk
    if (!said.includes('mixture has no checkpoint at hand')) return
    child.stderr!.off('data', listen)
    child.kill('SIGINT')
  }
  child.stderr!.on('data', listen)
  const { code, stderr } = await outcome
  expect(stderr).toContain('with --model it would be ready at once')
  expect(stderr).toContain('LACUNA_E_ABORTED: stopped')
  expect([code, existsSync(out)]).toEqual([130, false])
})

test('several answers, each in a file of its own with its energy', async () => {
  const { code, stdout } = await complete(
    'digit.png',
    ...mask,
    '--method',
    'nearest',
    '--answers',
    '3',
    '--json',
  )
  expect(code).toBe(0)
  const { answers } = JSON.parse(stdout)
  expect(answers.map(({ file }: { file: string }) => file)).toEqual(
    [1, 2, 3].map(k => at(`whole-${k}.png`)),
  )
  const pictures = answers.map(({ file }: { file: string }) => decode(readFileSync(file)))
  const energies = answers.map(({ energy }: { energy: number }) => energy)
  expect(energies).toEqual([...energies].sort((a, b) => a - b))
  for (const [k, { data, text }] of pictures.entries()) {
    expect(text['Lacuna energy']).toBe(String(energies[k]))
    for (const [j, level] of data.entries()) if (!hole[j]) expect(level).toBe(digit[j])
  }
  expect(new Set(pictures.map(({ data }: { data: Uint8Array }) => data.join())).size).toBe(3)
})

test('what cannot be is refused with a code, and nothing is written', async () => {
  png('small.png', digit.slice(0, 26 * 28), 1)
  png('wide.png', digit, 1, 56)
  png(
    'wide-hole.png',
    hole.map(m => 255 * m),
    1,
    56,
  )
  png('black.png', new Uint8Array(784), 1)
  png('white.png', new Uint8Array(784).fill(255), 1)
  writeFileSync(at('text.png'), 'no picture')
  writeFileSync(at('torn.png'), readFileSync(at('digit.png')).subarray(0, 200))
  const cases: [string, string[], RegExp][] = [
    ['none.png', mask, /LACUNA_E_DATA: cannot read .*none\.png/],
    ['text.png', mask, /LACUNA_E_PNG: .*text\.png/],
    ['torn.png', mask, /LACUNA_E_PNG: .*torn\.png/],
    ['digit.png', [], /LACUNA_E_OPTION: nothing says where the hole/],
    ['digit.png', ['--mask', at('small.png')], /LACUNA_E_SHAPE: .*28×28.*28×26/],
    ['digit.png', ['--mask', at('black.png')], /LACUNA_E_OPTION: no pixel/],
    ['digit.png', ['--mask', at('white.png')], /LACUNA_E_OPTION: every pixel/],
    ['wide.png', ['--mask', at('wide-hole.png')], /LACUNA_E_SHAPE: .*56×14.*28×28/],
  ]
  for (const [picture, args, why] of cases) {
    const { code, stdout, stderr } = await lacuna([
      ...['complete', at(picture), ...model, ...args, '-o', at('never.png')],
    ])
    expect(stderr).toMatch(why)
    expect([code, stdout]).toEqual([1, ''])
  }
  const others: [string[], RegExp][] = [
    [['--model', at('digit.png')], /LACUNA_E_SAFETENSORS/],
    [['--model', at('none.safetensors')], /LACUNA_E_CHECKPOINT: cannot read/],
    [['--method', 'grey'], /LACUNA_E_OPTION: there is no method 'grey'/],
    [[...model, '--answers', '2'], /LACUNA_E_OPTION: conditional-pca gives one answer only/],
    [[...model, '--method', 'gray'], /LACUNA_E_OPTION/],
  ]
  for (const [args, why] of others) {
    const { code, stderr } = await lacuna([
      ...['complete', at('digit.png'), ...mask, ...args, '--data', folder, '-o', at('never.png')],
    ])
    expect(stderr).toMatch(why)
    expect(code).toBe(1)
  }
  expect(existsSync(at('never.png'))).toBe(false)
  const { stderr } = await lacuna([
    'complete',
    at('digit.png'),
    ...mask,
    ...model,
    '-o',
    at('digit.png'),
  ])
  expect(stderr).toMatch(/LACUNA_E_OPTION: --out must not be/)
})
