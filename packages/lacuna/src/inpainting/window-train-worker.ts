import { serve } from '../compute/background.js'
import { trainWindow } from './window-training.js'

serve(trainWindow)
