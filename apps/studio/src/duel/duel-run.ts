import {
  EnergyInpainter,
  Images,
  LacunaError,
  type Matrix,
  Random,
  removePatch,
  type StepOptions,
  type StepPhase,
  trainingPatches,
} from 'lacuna'
import type {
  DuelFunctions,
  Energies,
  Learner,
  PhaseView,
  Standing,
  TestDigits,
} from './duel-functions.js'
import { BATCH, type DuelSettings } from './settings.js'

/** Images of a batch that slow motion shows. */
const SHOWN = 6

/**
 * A duel of generator and energy network, step by step: the batches, patches and steps are those of
 * `EnergyInpainter.train`, so that after whole epochs it is at the same bits.
 */
export class Duel {
  readonly test: TestDigits
  /** Steps done. */
  step = 0
  readonly #images: Images
  readonly #seed: number
  readonly #inpainter: EnergyInpainter
  readonly #ten: { truth: Matrix; incomplete: Matrix; mask: Matrix }
  #course: StepOptions & { learningRate: { energy: number; generator: number } }
  #losses: number[] = []
  #energies: Energies | undefined
  /** The step that is under way phase by phase. */
  #phases: { rest: Iterator<StepPhase>; x: Matrix } | undefined

  /** @param tests the first ten are the pictures, with the patches of the sheet's figures */
  constructor(settings: DuelSettings, images: Images, tests: Images) {
    this.#images = images
    this.#seed = settings.seed
    this.#inpainter = EnergyInpainter.create({ seed: settings.seed, image: images })
    this.#course = courseOf(settings)
    const truth = tests.matrix(0, 10)
    this.#ten = { truth, ...removePatch(truth, new Random(settings.seed)) }
    this.test = { levels: picturesOf(truth), masks: masksOf(this.#ten.mask) }
  }

  steer(course: Parameters<DuelFunctions['steer']>[0]): void {
    this.#course = courseOf(course)
  }

  /** One step, or the rest of the one that is under way. */
  advance(learner: Learner): void {
    for (const phase of this.#phases ? restOf(this.#phases.rest) : this.#begin(learner).phases)
      this.#notice(phase)
  }

  /** The next phase, of a new step if none is under way. */
  phase(): PhaseView {
    if (!this.#phases) {
      const { x, phases } = this.#begin('both')
      this.#phases = { x, rest: phases }
    }
    const { x, rest } = this.#phases
    const phase = (rest.next() as IteratorYieldResult<StepPhase>).value
    const view = this.#view(phase, x)
    this.#notice(phase)
    return this.#phases ? view : { ...view, standing: this.standing() }
  }

  /** How the duel stands; not while a step is under way. */
  standing(): Standing {
    const losses = Float32Array.from(this.#losses)
    this.#losses = []
    const { incomplete, mask } = this.#ten
    return {
      step: this.step,
      losses,
      digits: picturesOf(this.#inpainter.complete(incomplete, mask)),
      ...(this.#energies && { energies: this.#energies }),
    }
  }

  /** The checkpoint. */
  save(): Uint8Array {
    return this.#inpainter.save()
  }

  #begin(learner: Learner): { x: Matrix; phases: Iterator<StepPhase> & Iterable<StepPhase> } {
    const { count } = this.#images
    const first = (this.step % Math.ceil(count / BATCH)) * BATCH
    const x = this.#images.matrix(first, Math.min(first + BATCH, count))
    const patches = trainingPatches(x.rows, this.#images, this.#seed, this.step)
    const { learningRate } = this.#course
    const rates = {
      energy: learner === 'generator' ? 0 : learningRate.energy,
      generator: learner === 'energy' ? 0 : learningRate.generator,
    }
    const options = { ...this.#course, learningRate: rates }
    return { x, phases: this.#inpainter.phases(x, patches, options) }
  }

  /** Keeps what a phase tells for the standing, and ends the step after its last. */
  #notice(phase: StepPhase): void {
    if (phase.name === 'score') this.#energies = phase.energies()
    if (phase.name !== 'teach-generator') return
    this.#phases = undefined
    this.#losses.push(phase.loss)
    this.step++
    if (!Number.isFinite(phase.loss))
      throw new LacunaError(
        'LACUNA_E_DIVERGED',
        `the loss of step ${this.step - 1} is ${phase.loss}: the weights have left the range of numbers`,
        'Rewind, and lower the learning rates or choose a loss of d alone, such as log or hinge.',
      )
  }

  #view(phase: StepPhase, x: Matrix): PhaseView {
    const first = x.slice(0, SHOWN)
    const patches = trainingPatches(x.rows, this.#images, this.#seed, this.step).slice(0, SHOWN)
    const energies = phase.energies()
    const gradient = phase.pixelGradient()
    const largest = gradient.data.reduce((most, g) => Math.max(most, Math.abs(g)), 1e-30)
    return {
      name: phase.name,
      step: this.step,
      true: picturesOf(first),
      contrastive: picturesOf(phase.contrastive().slice(0, SHOWN)),
      masks: patches.map(patch => maskOf(patch, this.#images)),
      energies: {
        true: [...energies.true.slice(0, SHOWN)],
        contrastive: [...energies.contrastive.slice(0, SHOWN)],
      },
      means: { true: meanOf(energies.true), contrastive: meanOf(energies.contrastive) },
      loss: phase.loss,
      gradients: Array.from({ length: first.rows }, (_, i) =>
        gradient.row(i).map(g => g / largest),
      ),
    }
  }
}

function courseOf({ loss, energyRate, generatorRate }: Parameters<DuelFunctions['steer']>[0]) {
  return { loss, learningRate: { energy: energyRate, generator: generatorRate } }
}

function* restOf(rest: Iterator<StepPhase>): Generator<StepPhase> {
  for (let next = rest.next(); !next.done; next = rest.next()) yield next.value
}

/** Rows of pixels as pictures. */
function picturesOf(x: Matrix): Uint8Array[] {
  const side = Math.sqrt(x.cols)
  const { pixels } = Images.fromMatrix(x, { height: side, width: side })
  return Array.from({ length: x.rows }, (_, i) => pixels.slice(i * x.cols, (i + 1) * x.cols))
}

function masksOf(mask: Matrix): Uint8Array[] {
  return Array.from({ length: mask.rows }, (_, i) => Uint8Array.from(mask.row(i)))
}

function maskOf(
  patch: ReturnType<typeof trainingPatches>[number],
  { height, width }: Images,
): Uint8Array {
  const mask = new Uint8Array(height * width)
  for (let r = patch.row; r < patch.row + patch.height; r++)
    mask.fill(1, r * width + patch.column, r * width + patch.column + patch.width)
  return mask
}

function meanOf(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
