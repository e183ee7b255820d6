import { type Static, Type } from 'typebox'

// What the service answers with: the OpenAPI document and the client's types.

const By = {
  model: Type.String(),
  checkpoint: Type.String({
    description: 'Of the checkpoint that answered: sha256: and 64 digits.',
  }),
}
const Numbers = Type.Array(Type.Number())
const LogProbability = Type.Union([Type.Number(), Type.Null()])

export const CompleteAnswer = Type.Object(
  {
    ...By,
    method: Type.String(),
    seed: Type.Integer(),
    images: Type.Array(
      Type.Object({
        answers: Type.Array(
          Type.Object({
            image: Type.Union([Type.String(), Numbers], {
              description: 'A PNG in base64 where the image was one, else pixels.',
            }),
            energy: Type.Optional(Type.Number({ description: 'The lower, the better it fits.' })),
            probability: Type.Optional(Type.Number()),
          }),
        ),
      }),
      { description: 'One for each image that was sent, each with its answers.' },
    ),
  },
  { title: 'CompleteAnswer' },
)
export type CompleteAnswer = Static<typeof CompleteAnswer>

export const EnergyAnswer = Type.Object(
  { ...By, energies: Numbers },
  { title: 'EnergyAnswer', description: 'One energy an image: the lower, the better it fits.' },
)
export type EnergyAnswer = Static<typeof EnergyAnswer>

export const DensityAnswer = Type.Object(
  {
    ...By,
    logDensities: Type.Array(LogProbability, {
      description: 'log p(t|x), one a row; null where it is −∞.',
    }),
  },
  { title: 'DensityAnswer' },
)
export type DensityAnswer = Static<typeof DensityAnswer>

export const MixturePrediction = Type.Object(
  {
    mean: Numbers,
    variance: Numbers,
    quantiles: Type.Optional(Numbers),
    modes: Type.Array(
      Type.Object({ location: Numbers, logDensity: Type.Number(), weight: Type.Number() }),
      { description: 'The densest first.' },
    ),
  },
  { title: 'MixturePrediction' },
)

export const BoltzmannPrediction = Type.Object(
  {
    marginals: Type.Array(Type.Number(), { description: 'p(y = 1|x) of each output.' }),
    exact: Type.Boolean({ description: 'Whether they are exact, not means over samples.' }),
    best: Type.Array(Type.Number(), { description: 'The most probable outputs together.' }),
    proven: Type.Boolean({ description: 'Whether all were compared, not searched for.' }),
    logProbability: LogProbability,
  },
  { title: 'BoltzmannPrediction' },
)

export const ClassPrediction = Type.Object(
  { probabilities: Type.Array(Type.Number(), { description: 'p(class|x) of each class.' }) },
  { title: 'ClassPrediction' },
)

export const PredictAnswer = Type.Object(
  {
    ...By,
    predictions: Type.Union([
      Type.Array(MixturePrediction),
      Type.Array(BoltzmannPrediction),
      Type.Array(ClassPrediction),
    ]),
  },
  { title: 'PredictAnswer', description: 'One prediction a row, of the model’s kind.' },
)
export type PredictAnswer = Static<typeof PredictAnswer>

export const SampleAnswer = Type.Object(
  {
    ...By,
    seed: Type.Integer(),
    samples: Type.Array(Type.Array(Numbers), { description: 'Row by row, sample by sample.' }),
  },
  { title: 'SampleAnswer' },
)
export type SampleAnswer = Static<typeof SampleAnswer>

/** What there is to know of a model. */
export const ModelCard = Type.Object(
  {
    name: Type.String(),
    checkpoint: Type.String(),
    questions: Type.Array(
      Type.Union([
        Type.Literal('complete'),
        Type.Literal('energy'),
        Type.Literal('density'),
        Type.Literal('predict'),
        Type.Literal('sample'),
      ]),
    ),
    kind: Type.String({ description: 'What its checkpoint calls it, such as energy-inpainter.' }),
    method: Type.Optional(Type.String({ description: 'Of a model that fills gaps.' })),
    severalAnswers: Type.Optional(Type.Boolean()),
    image: Type.Optional(Type.Object({ height: Type.Integer(), width: Type.Integer() })),
    inputs: Type.Optional(Type.Integer()),
    outputs: Type.Optional(Type.Integer()),
    columns: Type.Optional(
      Type.Object({ inputs: Type.Array(Type.String()), outputs: Type.Array(Type.String()) }),
    ),
  },
  { title: 'ModelCard' },
)
export type ModelCard = Static<typeof ModelCard>

export const ModelsAnswer = Type.Object(
  { models: Type.Array(ModelCard) },
  { title: 'ModelsAnswer' },
)
export type ModelsAnswer = Static<typeof ModelsAnswer>

export const StateAnswer = Type.Object({ status: Type.String() }, { title: 'StateAnswer' })

/** Every refusal and failure. */
export const ErrorAnswer = Type.Object(
  {
    code: Type.String({ description: 'One of docs/errors.md.' }),
    message: Type.String({ description: 'What is wrong, and where.' }),
    hint: Type.String({ description: 'How to mend it.' }),
  },
  { title: 'ErrorAnswer' },
)
export type ErrorAnswer = Static<typeof ErrorAnswer>
