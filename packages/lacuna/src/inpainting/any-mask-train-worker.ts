import { serve } from '../compute/background.js'
import { trainAnyMask } from './any-mask-training.js'

serve(trainAnyMask)
