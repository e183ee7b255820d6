import { serve } from '../compute/serve.js'
import { trainAnyMask } from './any-mask-training.js'

serve(trainAnyMask)
