import { serve } from '../compute/serve.js'
import { trainWindow } from './window-training.js'

// Nothing here needs a state any more once it is written.
serve(trainWindow, ({ state }) => (state ? [state.buffer as ArrayBuffer] : []))
