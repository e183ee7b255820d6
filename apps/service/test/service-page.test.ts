import { execFile, spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { encode } from 'fast-png'
import { readGrayPng, strokes, WindowInpainter, writeGrayPng } from 'lacuna'
import { completedLevels, incompletePicture } from 'lacuna/completion'
import { Service } from 'lacuna-service'
import ts from 'typescript'
import { afterAll, expect, test } from 'vitest'
import { temporaryFolder } from './serving.js'

const page = readFileSync(new URL('../../../docs/service.md', import.meta.url), 'utf8')
const examples = [...page.matchAll(/<!-- runs -->\n```(\w+)\n(.*?)```/gs)].map(
  ([, language, code]) => ({
    language: language!,
    code: code!,
  }),
)
const ready = (name: string) => ({
  name,
  path: fileURLToPath(new URL(`../../../packages/models/${name}.safetensors`, import.meta.url)),
})
const models = [ready('sheet'), ready('heads')]
const service = await Service.start({ models, threads: 1, logLevel: 'silent' })
afterAll(() => service.close())

const folder = temporaryFolder()
const levels = strokes({ seed: 1, train: 1, test: 1 }).train.images.pixels
const hole = levels.map((_, j) => {
  const [row, column] = [Math.floor(j / 28), j % 28]
  return row >= 11 && row < 17 && column >= 11 && column < 17 ? 255 : 0
})
const data = Uint8Array.from({ length: 2 * 784 }, (_, j) =>
  j % 2 ? 255 - hole[j >> 1]! : levels[j >> 1]!,
)
writeFileSync(join(folder, 'digit.png'), await writeGrayPng(levels, 28, 28))
writeFileSync(join(folder, 'hole.png'), await writeGrayPng(hole, 28, 28))
writeFileSync(
  join(folder, 'transparent.png'),
  encode({ width: 28, height: 28, data, channels: 2, depth: 8 }),
)

const curl = spawnSync('curl', ['--version']).status === 0
if (!curl) console.log('skipped, as there is no curl: the commands of docs/service.md')

/** Code that asks this service instead of the one of the page. */
const here = (code: string) => code.replaceAll('http://127.0.0.1:8029', service.url.slice(0, -1))
const run = promisify(execFile)

/** Runs a command in the folder of the pictures. */
const shell = async (code: string) => {
  const { stdout } = await run('sh', ['-c', here(code)], { cwd: folder })
  return stdout
}

test.skipIf(!curl)('the commands of the page do what it says', async () => {
  const [json, rectangle, transparent] = examples.filter(({ language }) => language === 'sh')
  const answer = JSON.parse(await shell(json!.code))
  expect(answer).toMatchObject({ model: 'sheet', method: 'sheet', seed: 1 })
  const [{ image, energy }] = answer.images[0].answers
  expect(energy).toBeTypeOf('number')
  await shell(rectangle!.code)
  const whole = () => readGrayPng(readFileSync(join(folder, 'whole.png')))
  expect((await whole()).levels).toEqual((await readGrayPng(Buffer.from(image, 'base64'))).levels)
  await shell(transparent!.code)
  const picture = incompletePicture(
    await readGrayPng(readFileSync(join(folder, 'transparent.png'))),
  )
  const heads = WindowInpainter.load(readFileSync(models[1]!.path))
  const completed = heads.complete(picture.z, picture.mask)
  expect((await whole()).levels).toEqual(completedLevels(picture, completed.data))
})

test('so does its TypeScript', async () => {
  const { code } = examples.find(({ language }) => language === 'ts')!
  const { outputText } = ts.transpileModule(here(code), {
    compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext },
  })
  const { stdout } = await run(process.execPath, ['--input-type=module', '-e', outputText], {
    cwd: import.meta.dirname,
  })
  const lines = stdout.trim().split('\n')
  expect(lines.length).toBeGreaterThan(0)
  for (const line of lines) expect(line).toMatch(/^(0\.\d+|1) 784$/)
})
