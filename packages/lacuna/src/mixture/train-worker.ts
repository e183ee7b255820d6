import { serve } from '../compute/serve.js'
import { trainMixture } from './training.js'

serve(trainMixture)
