import { serve } from '../compute/serve.js'
import { trainRbm } from './training.js'

serve(trainRbm)
