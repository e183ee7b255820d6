import { serve } from '../compute/background.js'
import { trainEpochs } from './training.js'

serve(trainEpochs)
