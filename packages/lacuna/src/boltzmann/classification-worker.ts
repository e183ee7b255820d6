import { serve } from '../compute/serve.js'
import { trainClassification } from './classification-training.js'

serve(trainClassification)
