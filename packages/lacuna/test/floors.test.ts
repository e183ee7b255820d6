import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

/** The house, ground first: a folder may import from the floors under its own, and from nowhere else. */
const floors = [
  ['compute'],
  ['network', 'data', 'formats'],
  ['contrast'],
  ['mixture', 'boltzmann', 'inpainting'],
  ['completion'],
]

const library = 'packages/lacuna/src/'
const service = 'apps/service/src/'

/** Lints these files in a folder of their own, and gives back `file:line` of each wall hit. */
function lint(files: Map<string, string>): string[] {
  const root = mkdtempSync(join(tmpdir(), 'lacuna-floors-'))
  try {
    copyFileSync(
      fileURLToPath(new URL('../../../biome.json', import.meta.url)),
      join(root, 'biome.json'),
    )
    for (const [file, text] of files) {
      const path = join(root, file)
      mkdirSync(dirname(path), { recursive: true })
      writeFileSync(path, text)
    }
    const biome = createRequire(import.meta.url).resolve('@biomejs/biome/bin/biome')
    const options = ['--reporter=github', '--vcs-enabled=false', '--max-diagnostics=none']
    const { stdout } = spawnSync(process.execPath, [biome, 'lint', ...options, '.'], {
      cwd: root,
      encoding: 'utf8',
    })
    const rule = /^::error title=lint\/(?:style\/noRestrictedImports|correctness\/noNodejsModules),/
    return stdout
      .split('\n')
      .filter(line => rule.test(line))
      .map(line => line.replace(/.*file=.*?((?:packages|apps)\/.*?),line=(\d+),.*/, '$1:$2'))
  } finally {
    rmSync(root, { recursive: true })
  }
}

test('the lint rule lets every folder import what is under it, and nothing else', () => {
  const folders = floors.flat()
  const imports = [
    ...folders.map(folder => `../${folder}/x.js`),
    '../errors.js',
    '../index.js',
    'node:fs',
  ]
  const text = imports.map(path => `import '${path}'\n`).join('')
  const files = new Map(folders.map(folder => [`${library}${folder}/x.ts`, text]))
  files.set(
    `${library}compute/worker-node.ts`,
    "import 'node:worker_threads'\nimport '../data/x.js'\n",
  )
  files.set(`${library}index.ts`, "import './completion/x.js'\nimport 'node:fs'\n")

  const walls = folders.flatMap(folder => {
    const floor = floors.findIndex(rooms => rooms.includes(folder))
    const allowed = [
      ...floors
        .slice(0, floor)
        .flat()
        .map(below => `../${below}/x.js`),
      '../errors.js',
    ]
    return imports.flatMap((path, i) =>
      allowed.includes(path) ? [] : [`${library}${folder}/x.ts:${i + 1}`],
    )
  })
  walls.push(`${library}compute/worker-node.ts:2`, `${library}index.ts:2`)
  expect(lint(files).sort()).toEqual(walls.sort())
})

test('the service imports the entries of the library, and nothing else of the house', () => {
  const allowed = ['lacuna', 'lacuna/completion', 'lacuna/verification', '../limits.js', 'node:fs']
  const refused = [
    'lacuna/dist/index.js',
    'lacuna-cli',
    'lacuna-models/window.safetensors',
    '../../../../packages/lacuna/src/index.js',
    '../../../studio/src/main.js',
  ]
  const text = [...allowed, ...refused].map(path => `import '${path}'\n`).join('')
  const walls = refused.map((_, i) => `${service}http/x.ts:${allowed.length + i + 1}`)
  expect(lint(new Map([[`${service}http/x.ts`, text]])).sort()).toEqual(walls.sort())
})
