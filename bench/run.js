// Lacuna beside its peers, in turn in the same run. After npm run build, with LACUNA_DATA naming the
// folder of MNIST's files if they are at hand:
//
//   node bench/run.js                    every task and every peer that is installed
//   node bench/run.js --only pca         one task
//   node bench/run.js --quick            fewer and shorter rounds
//   node bench/run.js --json             an array of lines on standard output, nothing else there
//   node bench/run.js --markdown         writes the tables into docs/performance.md too
//   node bench/run.js --growth           how a step's time grows: figures for docs/images
//   node bench/run.js --kernels          how the time of the sheet's step divides among the kernels;
//                                        with --only mixture-step, that of its steps
//
// A ratio is their time ÷ ours: above 1 we are faster.
import { parseArgs } from 'node:util'
import { measure } from './contest.js'
import { imagesName, openImages } from './images.js'
import { machine } from './machine.js'
import { writeToPage } from './report/performance-page.js'
import { taskTable } from './report/table.js'
import { complete } from './tasks/complete.js'
import { inpaintingStep } from './tasks/inpainting-step.js'
import { matrixProduct } from './tasks/matrix-product.js'
import { memory } from './tasks/memory.js'
import { mixtureStep } from './tasks/mixture-step.js'
import { pca } from './tasks/pca.js'
import { rbmEpoch } from './tasks/rbm-epoch.js'
import { removePatchTask } from './tasks/remove-patch.js'
import { responsiveness } from './tasks/responsiveness.js'
import { runs } from './tasks/runs.js'
import { service } from './tasks/service.js'
import { sheet } from './tasks/sheet.js'
import { startUp } from './tasks/start-up.js'
import { windowStep } from './tasks/window-step.js'

const tasks = [
  inpaintingStep,
  sheet,
  windowStep,
  mixtureStep,
  rbmEpoch,
  pca,
  removePatchTask,
  complete,
  startUp,
  responsiveness,
  memory,
  runs,
  service,
  matrixProduct,
]

/** Measures the tasks and shows each as soon as it is done. */
async function bench(chosen, { quick, json, markdown }) {
  const about = machine(imagesName)
  let images
  const open = async () => {
    images ??= await openImages(quick)
    return images
  }
  const show = text => (json ? undefined : console.log(`${text}\n`))
  show(about)
  const results = []
  for (const task of chosen) {
    const command = `npm run bench -- --only ${task.name}${quick ? ' --quick' : ''}`
    const lines = []
    for (const contest of await task.cases({ open, quick }))
      for (const line of await measure(contest)) lines.push({ task: task.name, ...line, command })
    if (lines.length === 0) continue
    const table = taskTable(lines)
    show(`## ${task.name}\n\n${table}`)
    if (markdown) writeToPage(task.name, `${about}\n\n${table}`)
    results.push(...lines)
  }
  const promised = ({ task, peer, build, ours, theirs, ratio, unit, command }) => ({
    task,
    peer,
    build,
    ours,
    theirs,
    ratio,
    unit,
    command,
  })
  if (json) console.log(JSON.stringify(results.map(promised), null, 2))
}

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    quick: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    markdown: { type: 'boolean', default: false },
    growth: { type: 'boolean', default: false },
    kernels: { type: 'boolean', default: false },
  },
})
const chosen = tasks.filter(({ name }) => values.only === undefined || name === values.only)
if (values.growth) await (await import('./growth.js')).drawGrowth(values.quick)
else if (values.kernels) {
  const { only = 'inpainting-step', quick } = values
  await (await import('./kernel-times.js')).printKernelTimes(only, quick)
} else if (chosen.length > 0) await bench(chosen, values)
else {
  console.error(`There is no task '${values.only}': ${tasks.map(({ name }) => name).join(', ')}.`)
  process.exitCode = 1
}
