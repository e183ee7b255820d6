import { serve } from '../compute/serve.js'
import { trainEpochs } from './training.js'

serve(trainEpochs)
