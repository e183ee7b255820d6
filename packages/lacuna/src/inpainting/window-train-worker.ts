import { serve } from '../compute/serve.js'
import { trainWindow } from './window-training.js'

serve(trainWindow)
