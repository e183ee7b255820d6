import { trainBriefly } from './train-briefly.js'
import { trainedTensors } from './trained-tensors.js'

// What the test calls once the page has loaded.
Object.assign(globalThis, { trainBriefly, trainedTensors })
