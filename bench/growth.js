// How the time of a training step grows with the batch, the hidden units, the image and the threads:
// a figure each, docs/images/growth-*.svg. All else is the sheet's.
import { writeFileSync } from 'node:fs'
import * as Plot from '@observablehq/plot'
import { figure, legend } from '../packages/cli/dist/report/figure.js'
import { blue, orange } from '../packages/cli/dist/report/theme.js'
import { EnergyInpainter, Images } from '../packages/lacuna/dist/index.js'
import { threadCounts } from './builds.js'
import { openImages } from './images.js'
import { epochSeconds } from './stopwatch.js'

const MOST = Math.max(...threadCounts)
const sheet = { batch: 100, hidden: 256, side: 28, threads: MOST }

/** What varies, and through which values. */
const axes = [
  { name: 'batch', label: 'images in a batch', values: [10, 25, 50, 100, 200, 400] },
  { name: 'hidden', label: 'units of each hidden layer', values: [64, 128, 256, 512, 1024] },
  { name: 'side', label: 'height and width of the image', values: [16, 28, 56, 84, 112] },
  { name: 'threads', label: 'threads', values: [1, 2, 3, 4].filter(count => count <= 2 * MOST) },
]

/** Images of another side: the nearest pixels of these. */
function resized({ count, height, width, pixels }, side) {
  const other = new Uint8Array(count * side * side)
  for (let i = 0; i < other.length; i++) {
    const [image, pixel] = [Math.floor(i / side ** 2), i % side ** 2]
    const row = Math.floor((Math.floor(pixel / side) * height) / side)
    const column = Math.floor(((pixel % side) * width) / side)
    other[i] = pixels[(image * height + row) * width + column]
  }
  return new Images(count, side, side, other)
}

/** Milliseconds a step takes in the best of some runs. */
async function stepTime(images, { batch, hidden, side, threads }, runs) {
  const steps = 20
  const some = resized(images.slice(0, Math.min(images.count, steps * batch)), side)
  const image = { height: side, width: side }
  const sizes = { generatorHidden: [hidden, hidden], energyHidden: [hidden, hidden] }
  let best = Infinity
  for (let run = 0; run < runs; run++) {
    const train = epochs =>
      EnergyInpainter.create({ seed: 1, image, ...sizes }).train(some, { epochs, batch, threads })
    best = Math.min(best, (await epochSeconds(3, train)) / 3)
  }
  return (1000 * best) / Math.ceil(some.count / batch)
}

/** A line for each number of threads; over threads themselves, one line. */
function draw({ name, label, values }, points) {
  const together = name === 'threads'
  const colour = ({ threads }) => (together || threads === 1 ? blue : orange)
  return figure(`growth-${name}`, `Milliseconds a step over ${label}`, {
    x: { label, zero: true, nice: true, ...(together && { ticks: values, tickFormat: 'd' }) },
    y: { label: 'ms a step', zero: true, nice: true, grid: true },
    marks: [
      ...(together ? [] : threadCounts).map((threads, i) =>
        legend(`— ${threads} thread${threads > 1 ? 's' : ''}`, colour({ threads }), 110 * i),
      ),
      Plot.line(points, {
        x: 'value',
        y: 'time',
        z: together ? null : 'threads',
        stroke: colour,
      }),
      Plot.dot(points, { x: 'value', y: 'time', fill: colour }),
    ],
  })
}

/** Measures and draws all four. */
export async function drawGrowth(quick) {
  const { images } = await openImages(quick)
  for (const axis of axes) {
    const points = []
    for (const value of axis.values)
      for (const threads of axis.name === 'threads' ? [value] : threadCounts) {
        const time = await stepTime(
          images,
          { ...sheet, threads, [axis.name]: value },
          quick ? 1 : 3,
        )
        points.push({ value, threads, time })
        console.log(`${axis.label} ${value}, threads ${threads}: ${time.toFixed(2)} ms a step`)
      }
    const path = new URL(`../docs/images/growth-${axis.name}.svg`, import.meta.url)
    writeFileSync(path, `${draw(axis, points)}\n`)
  }
}
