import { serve } from '../compute/background.js'
import { trainRbm } from './training.js'

serve(trainRbm)
