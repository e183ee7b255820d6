import { serve } from '../background.js'
import { compare } from './comparison.js'

await serve(compare)
