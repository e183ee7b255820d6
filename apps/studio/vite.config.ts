import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { svelte } from '@sveltejs/vite-plugin-svelte'
import models from 'lacuna-models/models.json' with { type: 'json' }
import { defineConfig, type Plugin } from 'vite'
import { sheetPlugin } from './build/sheet-plugin.js'

/** Copies the ready-made checkpoints beside the page, which fetches each when it needs it. */
const checkpoints: Plugin = {
  name: 'checkpoints',
  apply: 'build',
  generateBundle() {
    for (const name of Object.keys(models)) {
      const file = `${name}.safetensors`
      const path = fileURLToPath(import.meta.resolve(`lacuna-models/${file}`))
      this.emitFile({ type: 'asset', fileName: `models/${file}`, source: readFileSync(path) })
    }
  },
}

/** Without a report of where the build's time goes. */
const rolldownOptions = { checks: { pluginTimings: false } }

export default defineConfig({
  // Relative, so that the build can lie in any folder of any host.
  base: './',
  plugins: [svelte(), checkpoints, sheetPlugin],
  worker: { format: 'es', rolldownOptions },
  build: {
    target: 'es2022',
    rolldownOptions,
    reportCompressedSize: false,
    chunkSizeWarningLimit: Infinity,
  },
})
