import { WindowInpainter } from '../inpainting/window-inpainter.js'
import type { WindowRecipeName } from '../inpainting/window-recipes.js'
import type { Method } from './method.js'

/** A generator on the window round the sheet's patch, by one of the recipes. */
function onWindows(
  recipe: WindowRecipeName,
  about: Pick<Method, 'title' | 'score' | 'energy'>,
): Method {
  return {
    name: recipe,
    ...about,
    effort: 'minutes',
    holes: 'patch',
    async *train({ images, seed, signal }) {
      const { height, width } = images
      const completer = WindowInpainter.create({ seed, recipe, image: { height, width } })
      for await (const progress of completer.train(images, signal && { signal })) {
        const { step, steps, reconstruction } = progress
        yield { done: step, of: steps, detail: `error ${reconstruction.toFixed(3)}` }
      }
      return { completer }
    },
    checkpoint: { model: 'window-inpainter', recipe, load: WindowInpainter.load },
  }
}

/** A generator that learns to come near the truth, and nothing else. */
export const supervised = onWindows('supervised', { title: 'supervised generator' })

/** The same against an energy network. */
export const window = onWindows('window', { title: 'window', energy: true })

/** With several heads: several answers, each with its probability. */
export const heads = onWindows('heads', { title: 'heads', score: 'probability', energy: true })
