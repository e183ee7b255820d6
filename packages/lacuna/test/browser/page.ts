import { trainBriefly } from './train-briefly.js'

// What the test calls once the page has loaded.
Object.assign(globalThis, { trainBriefly })
