import { LacunaError } from 'lacuna'
import type { ModelCard } from '../answer-schemas.js'
import { examplesOf, type Question } from '../compute/question.js'
import { BYTES_OF_NUMBER, MOST_NUMBERS } from '../limits.js'

/** Numbers that a row's prediction holds for each output, at the most or nearly. */
const PREDICTED = 64

/**
 * How many bytes the answer to a question may have.
 * @throws LACUNA_E_LIMIT if it would hold more numbers than an answer may
 */
export function answerBytes(question: Question, card: ModelCard): number {
  const numbers = examplesOf(question) * numbersEach(question, card)
  if (numbers > MOST_NUMBERS)
    throw new LacunaError(
      'LACUNA_E_LIMIT',
      `the answer would hold up to ${numbers} numbers, more than ${MOST_NUMBERS}`,
      'Ask for fewer images, answers or samples at a time.',
    )
  return numbers * BYTES_OF_NUMBER
}

/** Numbers in the answer to one example. */
function numbersEach(question: Question, { image, outputs = 1 }: ModelCard): number {
  switch (question.kind) {
    case 'complete':
      return (question.answers ?? 1) * image!.height * image!.width
    case 'sample':
      return question.samples * outputs
    case 'predict':
      return PREDICTED * outputs
    default:
      return 1
  }
}
