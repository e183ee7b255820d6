import { serve } from '../compute/background.js'
import { trainClassifier } from './classifier-training.js'

serve(trainClassifier)
