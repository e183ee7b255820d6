import fc from 'fast-check'
import { expect, test } from 'vitest'
import { begin, redo, remember, undo } from '../src/pixels/history.js'

test('undo and redo go through the states in order, and a change forgets what was undone', () => {
  let history = begin('a')
  for (const state of ['b', 'c']) history = remember(history, state)
  history = undo(history)
  expect(history.present).toBe('b')
  expect(redo(history).present).toBe('c')
  expect(redo(redo(history))).toEqual(redo(history))
  history = remember(history, 'd')
  expect(redo(history).present).toBe('d')
  expect([undo(history).present, undo(undo(history)).present]).toEqual(['b', 'a'])
  expect(undo(undo(undo(history))).present).toBe('a')
  expect(remember(history, 'd')).toBe(history)
})

test('whatever was done, as many undos as changes lead back, and as many redos to the end again', () => {
  fc.assert(
    fc.property(fc.array(fc.object(), { maxLength: 150 }), states => {
      const first = {}
      let history = begin<object>(first)
      for (const state of states) history = remember(history, state)
      const last = history.present
      for (const _ of states) history = undo(history)
      expect(history.present).toBe(first)
      for (const _ of states) history = redo(history)
      expect(history.present).toBe(last)
    }),
  )
})

test('only the last two hundred changes are kept', () => {
  let history = begin(0)
  for (let state = 1; state <= 500; state++) history = remember(history, state)
  expect(history.past.length).toBe(200)
  expect(history.past[0]).toBe(300)
})
