import type { Matrix } from '../compute/matrix.js'
import { Images, type LabelledImages } from '../data/images.js'
import type { MaskKind } from '../inpainting/draw-masks.js'
import { Classifier } from '../network/classifier.js'
import type { Progress } from './method.js'
import type { Trial } from './trial.js'

/** Pixels that the critic sees round a patch, in each direction. */
const MARGIN = 4

/** Side of what it sees: the patch and both margins. */
const SIDE = 6 + 2 * MARGIN

const EPOCHS = 20
const BATCH = 200

/** Images with holes, and how they were filled. */
export interface CompletedTrial {
  readonly trial: Trial
  /** n×pixels. */
  readonly completed: Matrix
}

/**
 * Realism: how well a critic tells completed images from true ones. It is the accuracy of a
 * perceptron (196–256–128–1 on 14×14 pixels round the sheet's patch; on whole images for other
 * holes) that was trained, from nothing, to tell the completions of one trial from its truth, and is
 * then asked about another trial. ½: it cannot tell; 1: it always can. Completions are rounded to the
 * 256 levels that true images have, or their fractions would give them away.
 *
 * A generator that learnt against an energy network learnt to deceive just this kind of critic;
 * others may see what this one does not.
 *
 * @param learnt what the critic learns from
 * @param asked what it is then asked about
 */
export async function* realism(
  learnt: CompletedTrial,
  asked: CompletedTrial,
  options: { readonly masks: MaskKind; readonly seed: number; readonly signal?: AbortSignal },
): AsyncGenerator<Progress, number, undefined> {
  const { masks, seed, signal } = options
  const view = masks === 'patch' ? roundHoles : wholeImages
  const training = trueAndCompleted(learnt, view)
  const { height, width, pixels } = training.images
  const critic = Classifier.create({
    seed,
    inputs: height * width,
    hidden: [256, 128],
    classes: 2,
  })
  const examples = { pixels, labels: training.labels }
  const settings = { epochs: EPOCHS, batch: BATCH, ...(signal && { signal }) }
  for await (const { epoch } of critic.train(examples, settings))
    yield { done: epoch + 1, of: EPOCHS }
  const testing = trueAndCompleted(asked, view)
  const judged = critic.classify(testing.images.matrix())
  let right = 0
  for (let i = 0; i < judged.length; i++) if (judged[i] === testing.labels[i]) right++
  return right / judged.length
}

/** The true images, class 0, and behind them the completed ones, class 1, as the critic sees them. */
function trueAndCompleted({ trial, completed }: CompletedTrial, view: View): LabelledImages {
  const [truths, completions] = [trial.truth, completed].map(x =>
    view(Images.fromMatrix(x, trial.image), trial),
  ) as [Images, Images]
  const { count, height, width, pixels } = truths
  const both = new Uint8Array(2 * pixels.length)
  both.set(pixels)
  both.set(completions.pixels, pixels.length)
  const labels = Uint8Array.from({ length: 2 * count }, (_, i) => (i < count ? 0 : 1))
  return { images: new Images(2 * count, height, width, both), labels }
}

/** What the critic sees of images. */
type View = (images: Images, trial: Trial) => Images

const wholeImages: View = images => images

/** The pixels round the patch of each image, whose first missing pixel is its upper left one. */
const roundHoles: View = ({ count, height, width, pixels }, { mask }) => {
  const crops = new Images(count, SIDE, SIDE, new Uint8Array(count * SIDE * SIDE))
  for (let i = 0; i < count; i++) {
    const first = mask.row(i).indexOf(1)
    const top = Math.floor(first / width) - MARGIN
    const left = (first % width) - MARGIN
    for (let r = 0; r < SIDE; r++) {
      const start = (i * height + top + r) * width + left
      crops.pixels.set(pixels.subarray(start, start + SIDE), (i * SIDE + r) * SIDE)
    }
  }
  return crops
}
