import { expect, test } from 'vitest'
import { readSafetensors, writeSafetensors } from '../dist/formats/safetensors.js'
import { readTrainingState, writeTrainingState } from '../dist/formats/training-state.js'

const memory = () => [{ name: 'velocity', data: Float32Array.of(1, 2) }]
const model = Uint8Array.of(1, 2, 3)
const state = writeTrainingState('a run', { step: 7, model }, memory())

test('gives back step, model and memory', () => {
  const own = memory()
  own[0]!.data.fill(0)
  expect(readTrainingState(state, 'a run', 10, own)).toEqual({ step: 7, model })
  expect([...own[0]!.data]).toEqual([1, 2])
})

test.each(['-1', '0.5', '11', '1e9', 'NaN', '', 'x'])('refuses the step %j of ten', step => {
  const { tensors, metadata } = readSafetensors(state)
  const crafted = writeSafetensors(tensors, { ...metadata, step })
  expect(() => readTrainingState(crafted, 'a run', 10, memory())).toThrow('LACUNA_E_RESUME')
})
