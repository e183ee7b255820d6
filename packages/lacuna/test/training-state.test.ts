import { expect, test } from 'vitest'
import { readSafetensors, writeSafetensors } from '../dist/formats/safetensors.js'
import {
  isWithin,
  modelIn,
  readTrainingState,
  writeTrainingState,
} from '../dist/formats/training-state.js'

const memory = () => [
  { name: 'velocity', data: Float32Array.of(1, 2) },
  { name: 'chains', data: Uint8Array.of(1, 0) },
]
const model = Uint8Array.of(1, 2, 3)
const state = writeTrainingState('a run', { models: { model }, counts: { step: 7 } }, memory())
const read = (bytes: Uint8Array, into = memory()) =>
  readTrainingState(bytes, 'a run', ['model'], { step: isWithin(1, 10) }, into)

test('gives back step, model and memory', () => {
  const own = memory()
  for (const { data } of own) data.fill(0)
  expect(read(state, own)).toEqual({ counts: { step: 7 }, models: { model } })
  expect(own).toEqual(memory())
  expect(modelIn(state, 'model')).toEqual(model)
})

test.each(['-1', '0', '0.5', '11', '1e9', '07', ' 7', 'NaN', '', 'x'])(
  'refuses the step %j of ten',
  step => {
    const { tensors, metadata } = readSafetensors(state)
    const crafted = writeSafetensors(tensors, { ...metadata, step })
    expect(() => read(crafted)).toThrow(
      `LACUNA_E_RESUME: the saved state was changed after it was written: its step is ${step}`,
    )
  },
)

test.each(['model', 'velocity', 'chains'])(
  'refuses a state whose %s is missing or another',
  name => {
    const { tensors, metadata } = readSafetensors(state)
    const others = [Float32Array.of(1), Float64Array.of(1, 2), Int8Array.of(1, 2, 3), undefined]
    for (const data of others) {
      const changed = new Map(tensors)
      if (data) changed.set(name, { shape: [data.length], data })
      else changed.delete(name)
      const own = memory()
      for (const { data } of own) data.fill(9)
      expect(() => read(writeSafetensors(changed, metadata), own)).toThrow('LACUNA_E_RESUME')
      for (const { data } of own) expect([...data]).toEqual([9, 9])
    }
  },
)
