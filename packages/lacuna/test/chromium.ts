import { execFileSync } from 'node:child_process'

/** Chromium as this machine has it, or undefined. */
function findChromium(): string | undefined {
  for (const name of ['chromium', 'chromium-browser', 'google-chrome'])
    try {
      return execFileSync('which', [name], { encoding: 'utf8' }).trim()
    } catch {
      // not under this name
    }
  return process.env.CHROMIUM
}

/** Where it is, for tests that need a browser. */
export const executablePath = findChromium()

/** What it is started with. */
export const flags =
  '--headless=new --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync'.split(
    ' ',
  )

/** The name of a suite that is skipped, and says so, where there is none. */
export const title = executablePath
  ? 'Chromium'
  : 'Chromium (skipped: none is installed on this machine)'
