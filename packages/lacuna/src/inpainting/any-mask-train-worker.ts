import { serve } from '../compute/serve.js'
import { trainAnyMask } from './any-mask-training.js'

// Nothing here needs a state any more once it is written.
serve(trainAnyMask, ({ state }) => (state ? [state.buffer as ArrayBuffer] : []))
