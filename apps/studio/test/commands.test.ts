import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { completeCommand } from '../src/complete/complete-command.js'
import { duelCommand } from '../src/duel/duel-command.js'
import { defaults } from '../src/duel/settings.js'
import { commandLine, shellWord } from '../src/frame/command-line.js'
import { mixtureCommand } from '../src/mixture/mixture-command.js'
import * as mixture from '../src/mixture/settings.js'

test('a shell reads words back as they were', () => {
  const text = fc.string({ unit: 'grapheme' }).filter(s => !s.includes('\0'))
  fc.assert(
    fc.property(fc.array(text, { minLength: 1, maxLength: 5 }), words => {
      const script = `printf '%s\\0' ${words.map(shellWord).join(' ')}`
      const read = execFileSync('sh', ['-c', script], { encoding: 'utf8' })
      expect(read.split('\0').slice(0, -1)).toEqual(words)
    }),
    { numRuns: 40 },
  )
  expect(commandLine(['sheet', '--seed', 3, 'a b'])).toBe("npx lacuna sheet --seed 3 'a b'")
})

test('a completion as command: the data only where the method learns from them', () => {
  expect(completeCommand('window', { seed: 3, data: 'mnist' })).toBe(
    'npx lacuna complete picture.png --mask mask.png --method window -o whole.png',
  )
  expect(completeCommand('pca-37', { seed: 3, data: '/my data' })).toBe(
    "npx lacuna complete picture.png --mask mask.png --method pca-37 --data '/my data' -o whole.png",
  )
  expect(completeCommand('nearest', { answers: 6, seed: 3, data: 'strokes' })).toBe(
    'npx lacuna complete picture.png --mask mask.png --method nearest --answers 6 --seed 3 --data strokes -o whole.png',
  )
})

test('a duel as command: rates only where they are not the sheet’s', () => {
  expect(duelCommand(defaults, 'strokes')).toBe(
    'npx lacuna sheet --data strokes --train-size 2000 --epochs 50 --loss log --seed 10 --out runs/duel',
  )
  expect(duelCommand({ ...defaults, loss: 'hinge', generatorRate: 0 }, 'mnist')).toContain(
    '--loss hinge --seed 10 --generator-rate 0 --out',
  )
})

test('a mixture as command: the columns are those of the points that are saved', () => {
  expect(mixtureCommand({ ...mixture.defaults, seed: 4 })).toBe(
    'npx lacuna train mixture points.csv --inputs x --outputs t --components 3 --epochs 300 --seed 4',
  )
})
