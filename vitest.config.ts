import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: [
      '{packages/*,apps/*,examples}/test/**/*.test.ts',
      '{bench,docs,packages/models}/test/*.test.js',
    ],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Two cores: the tests that train already use both.
    maxWorkers: 2,
  },
})
