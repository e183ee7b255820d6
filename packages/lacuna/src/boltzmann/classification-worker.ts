import { serve } from '../compute/background.js'
import { trainClassification } from './classification-training.js'

serve(trainClassification)
