/** The exit code of a command that Ctrl-C or a request to terminate stopped. */
export const INTERRUPTED = 130

/**
 * Turns the first Ctrl-C (SIGINT) or request to terminate (SIGTERM) into an abort, so that work can
 * be put away; a second one ends the process there and then.
 */
export function interruption(): AbortSignal {
  const controller = new AbortController()
  const stop = () => {
    if (controller.signal.aborted) process.exit(INTERRUPTED)
    controller.abort()
  }
  process.on('SIGINT', stop)
  process.on('SIGTERM', stop)
  return controller.signal
}
