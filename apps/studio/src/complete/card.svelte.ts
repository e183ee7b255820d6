import { isSheetPatch, missing, PIXELS } from '../pixels/grid.js'
import { Latest } from '../worker/latest.svelte.js'
import type { Answers, CompletionFunctions, Critic } from './completion-functions.js'
import type { ShownMethod } from './method-list.js'
import type { Choices } from './settings.js'
import type { Sheet } from './sheet.js'
import type { Workers } from './workers.js'

type Completing = Parameters<CompletionFunctions['complete']>[0]

/** What a card asks. */
export type CardQuestion = Completing & { readonly critic: Critic | undefined }

/** What it shows: the answers, and the energies of the best and of the several, if there is a critic. */
export interface CardAnswer extends Answers {
  readonly energies: readonly number[]
}

/** Why there is nothing to fill, or by this method not; undefined if there is. */
export function hindrance({ mask }: Sheet, method?: ShownMethod): string | undefined {
  const pixels = missing(mask)
  if (pixels === 0) return 'Paint a hole first.'
  if (pixels === PIXELS) return 'Nothing of the picture is known.'
  if (method?.patchOnly && !isSheetPatch(mask)) return 'Fills one hole of 6×6 pixels only.'
  return undefined
}

/** Whose energies can be told of a hole; the window's network looks at 6×6 pixels only. */
export function criticFor({ mask }: Sheet, { critic }: Choices): Critic | undefined {
  return critic === 'window' && !isSheetPatch(mask) ? undefined : critic
}

/** The answer of one method to the latest question. */
export function cardOf(method: ShownMethod, workers: Workers): Latest<CardQuestion, CardAnswer> {
  const worker = method.learns ? workers.learning : workers.quick
  return new Latest(async ({ critic, ...question }, options) => {
    const answers = await worker.call('complete', question, options)
    const pictures = [answers.best, ...(answers.several?.answers ?? [])].map(({ pixels }) => pixels)
    const { site, mask } = question
    // Without the critic's checkpoint there are no energies, but the answer is as good.
    const energies = critic
      ? await workers.quick.call('energies', { site, critic, mask, pictures }).catch(() => [])
      : []
    return { ...answers, energies }
  })
}
