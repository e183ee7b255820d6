import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { LacunaError } from 'lacuna'

/**
 * Runs the command in a process of its own, as it was run first; what it says of its progress goes to
 * standard error.
 * @throws LACUNA_E_REPLAY if it fails; LACUNA_E_ABORTED if it was stopped
 */
export async function repeat(words: readonly string[], signal: AbortSignal): Promise<void> {
  const child = spawn(process.execPath, [process.argv[1]!, ...words], {
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const stop = () => child.kill('SIGTERM')
  signal.addEventListener('abort', stop)
  const [code] = (await once(child, 'close')) as [number | null]
  signal.removeEventListener('abort', stop)
  if (signal.aborted)
    throw new LacunaError('LACUNA_E_ABORTED', 'stopped', 'The run itself is as it was.')
  if (code !== 0)
    throw new LacunaError(
      'LACUNA_E_REPLAY',
      `the run could not be repeated: it ended with code ${code}`,
      'What was wrong is said above.',
    )
}
