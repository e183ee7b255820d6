import * as bundle from 'lacuna'
import { expect, test } from 'vitest'
import * as modules from '../dist/library.js'

test('the one file that Node loads has the names of the modules', () => {
  expect(bundle.EnergyInpainter).not.toBe(modules.EnergyInpainter) // it is another file
  expect(Object.keys(bundle).sort()).toEqual(Object.keys(modules).sort())
})
