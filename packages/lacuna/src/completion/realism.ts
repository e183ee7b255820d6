import type { Matrix } from '../compute/matrix.js'
import { Images, type LabelledImages } from '../data/images.js'
import type { MaskKind } from '../inpainting/draw-masks.js'
import { Classifier } from '../network/classifier.js'
import type { Progress } from './method.js'
import type { Trial } from './trial.js'

/** Pixels that the critic sees round a patch, in each direction. */
const MARGIN = 4

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
 * perceptron (196–256–128–1 on the sheet's patch and four pixels round it, 14×14 in all; on whole images
 * for other holes) that was trained, from nothing, to tell the completions of one trial from its truth, and is
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

/** The patch of each image, all of one size, with its margin; beyond the image that is black. */
const roundHoles: View = ({ count, height, width, pixels }, { mask }) => {
  // A patch's first missing pixel is its upper left one, and the last its lower right one.
  const [first, last] = [mask.row(0).indexOf(1), mask.row(0).lastIndexOf(1)]
  const rows = Math.floor(last / width) - Math.floor(first / width) + 1 + 2 * MARGIN
  const columns = (last % width) - (first % width) + 1 + 2 * MARGIN
  const crops = new Images(count, rows, columns, new Uint8Array(count * rows * columns))
  for (let i = 0; i < count; i++) {
    const corner = mask.row(i).indexOf(1)
    const [top, left] = [Math.floor(corner / width) - MARGIN, (corner % width) - MARGIN]
    const [from, to] = [Math.max(0, left), Math.min(width, left + columns)]
    for (let row = Math.max(0, top); row < Math.min(height, top + rows); row++) {
      const start = (i * height + row) * width
      const at = (i * rows + row - top) * columns + from - left
      crops.pixels.set(pixels.subarray(start + from, start + to), at)
    }
  }
  return crops
}
