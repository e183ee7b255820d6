import { serve } from '../background.js'
import { completePicture } from './answers.js'

await serve(completePicture)
