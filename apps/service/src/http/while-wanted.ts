import type { FastifyReply } from 'fastify'
import { LacunaError } from 'lacuna'

/**
 * Works on an answer while somebody waits for it: the signal fires when its time is over, or the
 * connection is.
 * @param seconds the time
 */
export async function whileWanted<T>(
  reply: FastifyReply,
  seconds: number,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController()
  const late = setTimeout(() => controller.abort(tooLong(seconds)), seconds * 1000)
  const gone = () => controller.abort(nobodyWaits())
  reply.raw.once('close', gone)
  try {
    return await work(controller.signal)
  } finally {
    clearTimeout(late)
    reply.raw.off('close', gone)
  }
}

function nobodyWaits(): LacunaError {
  return new LacunaError('LACUNA_E_ABORTED', 'whoever asked has gone', 'Wait for the answer.')
}

function tooLong(seconds: number): LacunaError {
  return new LacunaError(
    'LACUNA_E_TIMEOUT',
    `the answer was not there within ${seconds} s`,
    'Ask for less at a time (fewer images, rows, answers, samples or sweeps), or later.',
  )
}
