import * as bundle from 'lacuna'
import * as completionBundle from 'lacuna/completion'
import * as verificationBundle from 'lacuna/verification'
import { expect, test } from 'vitest'
import * as completion from '../dist/completion.js'
import * as library from '../dist/library.js'
import * as verification from '../dist/verification.js'

const entries = [
  { name: 'lacuna', bundled: bundle, modules: library },
  { name: 'lacuna/completion', bundled: completionBundle, modules: completion },
  { name: 'lacuna/verification', bundled: verificationBundle, modules: verification },
]

test.each(entries)('$name has in the files that Node loads the names of its modules', entry => {
  const { bundled, modules } = entry
  expect(Object.values(bundled)).not.toEqual(Object.values(modules)) // they are other files
  expect(Object.keys(bundled).sort()).toEqual(Object.keys(modules).sort())
})

test('no name is in two entries', () => {
  const names = entries.flatMap(({ modules }) => Object.keys(modules))
  expect(new Set(names).size).toBe(names.length)
})

test('what one entry makes is known to the others', () => {
  const { drawMasks } = completionBundle
  const mask = drawMasks('patch', 1, { height: 28, width: 28 }, new bundle.Random(1))
  expect(mask).toBeInstanceOf(bundle.Matrix)
  const act = () => drawMasks('patch', -1, { height: 28, width: 28 }, new bundle.Random(1))
  expect(act).toThrow(bundle.LacunaError)
})
