import { Random } from 'lacuna'
import { boltzmannIdentities, inpaintingIdentities, mixtureIdentities } from 'lacuna/verification'
import { answerCalls, type Context, type Progress } from '../worker/calls.js'
import { figureDigits, generatorStrip, principalStrips, projectDigit } from './figures.js'
import { generatorTraining } from './generator-training.js'
import type { SheetFunctions, SheetReport } from './sheet-functions.js'
import { smallStep } from './small-step.js'

/** Progress alone is what all but the training report. */
const plain = (context: Context<SheetReport>) => context as Context<Progress>

answerCalls<SheetFunctions, SheetReport>({
  ten: async ({ seed, ...source }, context) =>
    (await figureDigits(source, seed, plain(context))).ten,
  principal: ({ seed, components, ...source }, context) =>
    principalStrips(source, seed, components, plain(context)),
  generator: ({ seed, ...source }, context) => generatorStrip(source, seed, plain(context)),
  train: (what, context) => generatorTraining(what, context),
  project: ({ seed, digit, components, ...source }, context) =>
    projectDigit(source, seed, digit, components, plain(context)),
  smallStep,
  // As `lacuna verify` draws its points.
  verify: ({ seed }) =>
    [mixtureIdentities, boltzmannIdentities, inpaintingIdentities].flatMap((family, step) =>
      family(new Random(seed, 0, step)),
    ),
})
