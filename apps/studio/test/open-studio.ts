import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { AxeBuilder } from '@axe-core/playwright'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { expect } from 'vitest'
import { executablePath, flags } from '../../../packages/lacuna/test/chromium.js'

/** The settings in the address. */
export const settingsOf = (page: Page) =>
  new URLSearchParams(new URL(page.url()).hash.split('?')[1])

/** Waits until the address has followed to a setting, or away from what it was. */
export async function until(page: Page, name: string, wanted: (value: string | null) => boolean) {
  await expect.poll(() => wanted(settingsOf(page).get(name)), { timeout: 10_000 }).toBe(true)
  return settingsOf(page).get(name)
}

const bin = fileURLToPath(new URL('../../../packages/cli/bin/lacuna.js', import.meta.url))

/** A studio that is served as a user serves it, a browser, and a folder for what is saved. */
export class OpenStudio {
  readonly url: string
  readonly folder: string
  /** What consoles and pages complained of, and every address outside that was asked for. */
  readonly problems: string[] = []
  readonly #server: ChildProcess
  readonly #browser: Browser

  private constructor(url: string, server: ChildProcess, browser: Browser) {
    this.url = url
    this.folder = mkdtempSync(join(tmpdir(), 'lacuna-studio-'))
    this.#server = server
    this.#browser = browser
  }

  static async open(): Promise<OpenStudio> {
    const args = [bin, 'studio', '--port', '0', '--data', 'strokes', '--json']
    const server = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
    const line = await new Promise<string>((resolve, reject) => {
      server.stdout.once('data', chunk => resolve(String(chunk)))
      server.once('exit', code => reject(new Error(`the studio ended with code ${code}`)))
    })
    const browser = await chromium.launch({ executablePath: executablePath!, args: flags })
    return new OpenStudio(JSON.parse(line).url, server, browser)
  }

  /** A page in a context of its own, whose problems are noted. */
  async page(options: BrowserContextOptions = {}): Promise<Page> {
    const context = await this.#browser.newContext({
      viewport: { width: 1280, height: 900 },
      permissions: ['clipboard-read', 'clipboard-write'],
      ...options,
    })
    const page = await context.newPage()
    page.on('console', message => {
      if (['error', 'warning'].includes(message.type())) this.problems.push(message.text())
    })
    page.on('pageerror', error => this.problems.push(String(error.stack)))
    page.on('request', request => {
      const { protocol, origin } = new URL(request.url())
      if (protocol.startsWith('http') && origin !== new URL(this.url).origin)
        this.problems.push(`asks for ${request.url()}`)
    })
    return page
  }

  /** The file that a click makes the browser save, in the folder. */
  async saved(page: Page, button: string | RegExp, name: string): Promise<string> {
    const download = page.waitForEvent('download')
    await page.getByRole('button', { name: button }).first().click()
    const path = join(this.folder, name)
    await (await download).saveAs(path)
    return path
  }

  /** Runs a copied command in the folder. */
  async run(command: string): Promise<void> {
    const line = command.replace(/^npx lacuna/, `"${process.execPath}" "${bin}"`)
    const child = spawn('sh', ['-c', line], { cwd: this.folder, stdio: 'pipe' })
    let said = ''
    child.stderr.on('data', chunk => {
      said += chunk
    })
    const code = await new Promise(resolve => child.on('close', resolve))
    if (code !== 0) throw new Error(`${command} ended with ${code}: ${said}`)
  }

  async close(): Promise<void> {
    this.#server.kill('SIGINT')
    await this.#browser.close()
    rmSync(this.folder, { recursive: true, force: true })
  }
}

/** The rules of axe that a page breaks seriously or worse, each with the elements that do. */
export async function seriousFaults(page: Page, leaveOut: string[] = []): Promise<string[][]> {
  const { violations } = await new AxeBuilder({ page }).exclude(leaveOut).analyze()
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => [id, ...nodes.map(({ html }) => html)])
}

/** How many pixels wide a page is; more than its window if something sticks out. */
export function widthOf(page: Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth)
}
