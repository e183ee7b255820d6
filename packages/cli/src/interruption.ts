/** The exit code of a command that Ctrl-C or a request to terminate stopped. */
export const INTERRUPTED = 130

/**
 * Turns the first Ctrl-C (SIGINT) or request to terminate (SIGTERM) into an abort, so that work can
 * be put away. A second one is the system's: it ends the process there and then, whatever holds it up.
 * (Node 20 at times waits for ever for a thread that it is ending, in process.exit too.)
 */
export function interruption(): AbortSignal {
  const controller = new AbortController()
  const stop = () => {
    process.off('SIGINT', stop)
    process.off('SIGTERM', stop)
    controller.abort()
  }
  process.on('SIGINT', stop)
  process.on('SIGTERM', stop)
  return controller.signal
}
