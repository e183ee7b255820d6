import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

// IEEE 754 or ECMAScript fixes these to the last bit; for the rest of Math engines may choose.
const exact =
  /^(abs|ceil|clz32|floor|fround|imul|max|min|round|sign|sqrt|trunc|E|LN2|LN10|LOG2E|LOG10E|PI|SQRT1_2|SQRT2)$/

const root = fileURLToPath(new URL('..', import.meta.url))

/** The lines of all sources of the library and its kernels, without comments. */
function sourceLines(): { at: string; code: string }[] {
  return ['src', 'kernels'].flatMap(folder =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter(file => file.endsWith('.ts') && !/(strict|fast)-kernels\.ts$/.test(file))
      .flatMap(file =>
        readFileSync(join(root, folder, file), 'utf8')
          .replace(/\/\*[\s\S]*?\*\//g, comment => comment.replace(/[^\n]/g, ''))
          .split('\n')
          .map((line, i) => ({
            at: `${folder}/${file}:${i + 1}`,
            code: line.replace(/\/\/.*/, ''),
          })),
      ),
  )
}

test('no source uses a function on whose bits engines disagree', () => {
  const lines = sourceLines()
  expect(lines.length).toBeGreaterThan(1000)
  const found = lines.filter(({ code }) => {
    const names = [...code.matchAll(/\bMathf?\.(\w+)/g)].map(match => match[1]!)
    const powers = code.replace(/\b2 \*\* /g, '') // whole powers of two are exact
    return names.some(name => !exact.test(name)) || powers.includes('**')
  })
  expect(found).toEqual([])
})
