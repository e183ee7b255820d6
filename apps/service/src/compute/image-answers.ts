import { Matrix, Random } from 'lacuna'
import { givesSeveral } from 'lacuna/completion'
import type { CompleteAnswer, EnergyAnswer } from '../answer-schemas.js'
import { type By, divided, json, refuse } from './answering.js'
import { type ReadGap, readGap, readWhole } from './gap-images.js'
import type { ImageModel } from './loaded-model.js'
import type { Question, Written } from './question.js'

type CompleteQuestion = Extract<Question, { kind: 'complete' }>
type EnergyQuestion = Extract<Question, { kind: 'energy' }>

/** A completed image, and its numbers. */
interface Completion {
  readonly completed: Float32Array
  readonly energy?: number
  readonly probability?: number
}

/** Fills the holes of several questions in one pass; one with several answers comes alone. */
export async function answerComplete(
  model: ImageModel,
  by: By,
  questions: readonly CompleteQuestion[],
): Promise<Written[]> {
  const gaps = await Promise.all(
    questions.map(question => Promise.all(question.gaps.map(gap => readGap(gap, model.image)))),
  )
  const [z, mask] = (['z', 'mask'] as const).map(part => stacked(gaps.flat().map(gap => gap[part])))
  const { answers, seed } = questions[0]!
  const completions =
    answers === undefined
      ? bestGuesses(model, z!, mask!)
      : severalAnswers(model, z!, mask!, answers, seed)
  const own = divided(
    completions,
    gaps.map(({ length }) => length),
  )
  return Promise.all(questions.map((question, q) => write(model, by, question, gaps[q]!, own[q]!)))
}

/** E of whole images, of several questions in one pass. */
export async function answerEnergy(
  { completer, image }: ImageModel,
  by: By,
  questions: readonly EnergyQuestion[],
): Promise<Written[]> {
  const read = await Promise.all(
    questions.map(({ gaps }) => Promise.all(gaps.map(gap => readWhole(gap, image)))),
  )
  const [x, mask] = (['x', 'mask'] as const).map(part => stacked(read.flat().map(one => one[part])))
  const energies = completer.energy!(x!, mask!)
  return divided(
    [...energies],
    read.map(({ length }) => length),
  ).map(energies => json<EnergyAnswer>({ ...by, energies }))
}

/** The best guess for each row, with its energy where the method has one. */
function bestGuesses({ method, completer }: ImageModel, z: Matrix, mask: Matrix): Completion[][] {
  const completed = completer.complete(z, mask)
  const energies = method.energy && completer.energy?.(completed, mask)
  return Array.from({ length: z.rows }, (_, i) => [
    { completed: completed.row(i), ...(energies && { energy: energies[i]! }) },
  ])
}

/** Up to so many answers for each row, with their scores and, where the method has them, energies. */
function severalAnswers(
  { method, completer }: ImageModel,
  z: Matrix,
  mask: Matrix,
  count: number,
  seed: number,
): Completion[][] {
  if (!givesSeveral(completer)) throw refuse(`${method.name} gives one answer only`)
  const all = completer.completions(z, mask, count, new Random(seed))
  return all.map(({ completed, scores }, i) => {
    const holes = stacked(Array.from(scores, () => mask.slice(i, i + 1)))
    const energies = method.energy && completer.energy?.(completed, holes)
    return Array.from(scores, (score, k) => ({
      completed: completed.row(k),
      ...(energies && { energy: energies[k]! }),
      [completer.score]: score,
    }))
  })
}

async function write(
  { method }: ImageModel,
  by: By,
  { seed, asPicture }: CompleteQuestion,
  gaps: readonly ReadGap[],
  completions: readonly Completion[][],
): Promise<Written> {
  const png = (gap: ReadGap, { completed, ...figures }: Completion) => {
    const scores = Object.entries(figures).map(([name, value]) => [`Lacuna ${name}`, `${value}`])
    return gap.png(completed, {
      Software: 'lacuna',
      'Lacuna method': method.name,
      'Lacuna model': by.checkpoint,
      'Lacuna seed': String(seed),
      ...Object.fromEntries(scores),
    })
  }
  if (asPicture) return { type: 'image/png', body: await png(gaps[0]!, completions[0]![0]!) }
  const images = gaps.map(async (gap, i) => ({
    answers: await Promise.all(
      completions[i]!.map(async completion => {
        const { completed, ...figures } = completion
        const image = gap.wasPicture
          ? Buffer.from(await png(gap, completion)).toString('base64')
          : Array.from(completed)
        return { image, ...figures }
      }),
    ),
  }))
  return json<CompleteAnswer>({
    ...by,
    method: method.name,
    seed,
    images: await Promise.all(images),
  })
}

/** Rows below one another. */
function stacked(rows: readonly Matrix[]): Matrix {
  const all = new Matrix(rows.length, rows[0]!.cols)
  for (const [i, row] of rows.entries()) all.row(i).set(row.data)
  return all
}
