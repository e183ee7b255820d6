import { serve } from '../compute/serve.js'
import { trainClassifier } from './classifier-training.js'

serve(trainClassifier)
