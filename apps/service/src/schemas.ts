import { type Static, Type } from 'typebox'
import { MOST_EXAMPLES, MOST_PIXELS } from './limits.js'

// One schema a request and one an answer: they validate, are the OpenAPI document, and give the client
// its types. Whatever a schema does not name is refused.

/** The seed where a request names none. */
export const SEED = 1

const closed = { additionalProperties: false } as const

/** The largest PNG, in characters of base64: more than an uncompressed one of the most pixels takes. */
const MOST_PNG = 2 ** 20

const Model = Type.String({
  maxLength: 64,
  pattern: '^[A-Za-z0-9][A-Za-z0-9._-]*$',
  description: 'A name from /v1/models; left out, the first model that answers such questions.',
})
const Seed = Type.Integer({
  minimum: 0,
  maximum: Number.MAX_SAFE_INTEGER,
  default: SEED,
  description: 'From which all that is drawn is drawn: the same seed gives the same bits.',
})
const Method = Type.String({
  maxLength: 64,
  description: 'Instead of a model’s name: the first model of this method, such as `window`.',
})
const NumberOfAnswers = Type.Integer({
  minimum: 1,
  maximum: 100,
  description:
    'Up to so many different answers, the likeliest first, of models that have several; left out, the best guess.',
})

const Png = Type.String({
  minLength: 4,
  maxLength: MOST_PNG,
  pattern: '^[A-Za-z0-9+/]+={0,2}$',
  description: 'A PNG, 8 or 16 bits, in base64.',
})
const Pixels = Type.Array(Type.Number({ minimum: -1, maximum: 1 }), {
  maxItems: MOST_PIXELS,
  description: 'Pixels from −1 (black) to 1 (white), row by row.',
})
const Image = Type.Union([Png, Pixels])
const Mask = Type.Union([
  Type.String({ ...Png, description: 'A PNG in base64, white where pixels are missing.' }),
  Type.Array(Type.Integer({ minimum: 0, maximum: 1 }), {
    maxItems: MOST_PIXELS,
    description: '1 where a pixel is missing, 0 elsewhere, row by row.',
  }),
  Type.Object(
    {
      row: Type.Integer({ minimum: 0, maximum: MOST_PIXELS }),
      column: Type.Integer({ minimum: 0, maximum: MOST_PIXELS }),
      height: Type.Integer({ minimum: 1, maximum: MOST_PIXELS }),
      width: Type.Integer({ minimum: 1, maximum: MOST_PIXELS }),
    },
    { ...closed, description: 'A rectangle: its top-left pixel and its size.' },
  ),
])
const Images = Type.Array(Type.Object({ image: Image, mask: Type.Optional(Mask) }, closed), {
  minItems: 1,
  maxItems: MOST_EXAMPLES,
})

const Row = Type.Array(Type.Number(), { maxItems: MOST_PIXELS })
const Rows = (description: string) =>
  Type.Array(Row, { minItems: 1, maxItems: MOST_EXAMPLES, description })
const Inputs = Rows('An example a row, in the order of the model’s inputs.')
const Given = Type.Array(
  Type.Array(Type.Union([Type.Literal(0), Type.Literal(1), Type.Null()]), {
    maxItems: MOST_PIXELS,
  }),
  {
    minItems: 1,
    maxItems: MOST_EXAMPLES,
    description: 'For Boltzmann machines: 0 or 1 where an output is known, null where it is not.',
  },
)

/** `POST /v1/complete`. */
export const CompleteRequest = Type.Object(
  {
    model: Type.Optional(Model),
    method: Type.Optional(Method),
    answers: Type.Optional(NumberOfAnswers),
    seed: Type.Optional(Seed),
    images: Images,
  },
  { ...closed, title: 'CompleteRequest' },
)
export type CompleteRequest = Static<typeof CompleteRequest>

/** What else `POST /v1/complete` needs to know where its body is a PNG. */
export const CompleteQuery = Type.Object(
  {
    model: Type.Optional(Model),
    method: Type.Optional(Method),
    answers: Type.Optional(NumberOfAnswers),
    seed: Type.Optional(Seed),
  },
  closed,
)
export type CompleteQuery = Static<typeof CompleteQuery>

/** `POST /v1/energy`. */
export const EnergyRequest = Type.Object(
  { model: Type.Optional(Model), images: Images },
  { ...closed, title: 'EnergyRequest' },
)
export type EnergyRequest = Static<typeof EnergyRequest>

/** `POST /v1/density`. */
export const DensityRequest = Type.Object(
  {
    model: Type.Optional(Model),
    inputs: Inputs,
    outputs: Rows('What was observed, a row for each of the inputs.'),
  },
  { ...closed, title: 'DensityRequest' },
)
export type DensityRequest = Static<typeof DensityRequest>

/** `POST /v1/predict`. */
export const PredictRequest = Type.Object(
  {
    model: Type.Optional(Model),
    inputs: Inputs,
    quantiles: Type.Optional(
      Type.Array(Type.Number({ exclusiveMinimum: 0, exclusiveMaximum: 1 }), {
        maxItems: 100,
        description: 'For mixtures over one output: the probabilities of quantiles.',
      }),
    ),
    given: Type.Optional(Given),
    seed: Type.Optional(Seed),
  },
  { ...closed, title: 'PredictRequest' },
)
export type PredictRequest = Static<typeof PredictRequest>

/** `POST /v1/sample`. */
export const SampleRequest = Type.Object(
  {
    model: Type.Optional(Model),
    inputs: Inputs,
    given: Type.Optional(Given),
    samples: Type.Integer({ minimum: 1, maximum: 1000, description: 'Samples for each row.' }),
    sweeps: Type.Optional(
      Type.Integer({ minimum: 0, maximum: 10_000, description: 'Gibbs sweeps; default 100.' }),
    ),
    seed: Type.Optional(Seed),
  },
  { ...closed, title: 'SampleRequest' },
)
export type SampleRequest = Static<typeof SampleRequest>
