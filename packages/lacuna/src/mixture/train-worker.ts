import { serve } from '../compute/background.js'
import { trainMixture } from './training.js'

serve(trainMixture)
