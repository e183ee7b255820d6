// Seconds from the import of the library to the end of a first step: batch 100, the sheet's networks.
const start = performance.now()
const { EnergyInpainter, Matrix, Random, removePatch } = await import(
  '../packages/lacuna/dist/index.js'
)
const x = new Matrix(100, 784, new Float32Array(78_400).fill(-1))
const { patches } = removePatch(x, new Random(1))
EnergyInpainter.create({ seed: 1 }).step(x, patches)
console.log((performance.now() - start) / 1000)
