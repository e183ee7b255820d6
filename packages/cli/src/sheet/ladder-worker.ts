import { serve } from '../background.js'
import { climb } from './ladder-thread.js'

await serve(climb)
