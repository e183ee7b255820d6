import { Images, Matrix, Random, readGrayPng, writeGrayPng } from 'lacuna'
import { type Completer, drawMasks, givesSeveral } from 'lacuna/completion'
import { testDigits } from '../data/digits.js'
import { PIXELS, SIDE } from '../pixels/grid.js'
import { answerCalls } from '../worker/calls.js'
import { completerOf } from './completers.js'
import type { Answer, CompletionFunctions, Question } from './completion-functions.js'

const shape = { height: SIDE, width: SIDE }

answerCalls<CompletionFunctions>({
  async digits({ first, count, ...source }, context) {
    const { images, labels } = await testDigits(source, first + count, context)
    const part = images.slice(first, Math.min(first + count, images.count))
    return {
      levels: Array.from({ length: part.count }, (_, i) => part.slice(i, i + 1).pixels.slice()),
      labels: [...labels.slice(first, first + part.count)],
      total: source.data === 'strokes' ? 2000 : images.count,
    }
  },

  drawHole: ({ kind, seed }) => Uint8Array.from(drawMasks(kind, 1, shape, new Random(seed)).data),

  async complete({ method, count, seed, levels, mask, ...source }, context) {
    const completer = await completerOf(method, source, context)
    const [z, m] = matrices({ levels, mask })
    const best = answersIn(completer.complete(z, m))[0]!
    if (!givesSeveral(completer)) return { best }
    const [{ completed, scores }] = completer.completions(z, m, count, new Random(seed)) as [
      { completed: Matrix; scores: Float64Array },
    ]
    const answers = answersIn(completed).map((answer, k) => ({ ...answer, score: scores[k]! }))
    return { best, several: { score: completer.score, answers } }
  },

  async energies({ site, critic, mask, pictures }, context) {
    const completer: Completer = await completerOf(critic, { site, data: 'strokes' }, context)
    const [x, m] = [new Matrix(pictures.length, PIXELS), new Matrix(pictures.length, PIXELS)]
    for (const [i, picture] of pictures.entries()) {
      x.row(i).set(picture)
      m.row(i).set(mask)
    }
    return [...completer.energy!(x, m)]
  },

  async readPng(bytes) {
    const { width, height, levels, alpha } = await readGrayPng(bytes)
    const bits = (values: Uint8Array | Uint16Array) =>
      values instanceof Uint16Array ? Uint8Array.from(values, v => Math.round(v / 257)) : values
    const opaque = alpha && bits(alpha)
    return {
      ...{ width, height, levels: bits(levels) },
      ...(opaque && { transparent: opaque.map(level => (level < 128 ? 1 : 0)) }),
    }
  },

  writePng: ({ levels, text }) => writeGrayPng(levels, SIDE, SIDE, text),
})

/** A question as the library takes it: pixels in [−1, 1], 0 in the hole. */
function matrices({ levels, mask }: Question): [Matrix, Matrix] {
  const z = new Images(1, SIDE, SIDE, levels).matrix()
  for (let at = 0; at < PIXELS; at++) if (mask[at]) z.data[at] = 0
  return [z, new Matrix(1, PIXELS, Float32Array.from(mask))]
}

function answersIn(completed: Matrix): Answer[] {
  const { pixels } = Images.fromMatrix(completed, shape)
  return Array.from({ length: completed.rows }, (_, i) => ({
    pixels: completed.row(i).slice(),
    levels: pixels.slice(i * PIXELS, (i + 1) * PIXELS),
  }))
}
