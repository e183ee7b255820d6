import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { AxeBuilder } from '@axe-core/playwright'
import { ConditionalRbm, Random, readSafetensors } from 'lacuna'
import { contrastiveBias } from 'lacuna/verification'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { executablePath, title } from '../../../packages/lacuna/test/chromium.js'
import { Exact, stateOf } from '../src/boltzmann/small/exact.js'
import { GibbsChain } from '../src/boltzmann/small/gibbs-chain.js'
import { machineOf, rbmOf, visibleUnits } from '../src/boltzmann/small/machine.js'
import { examplesOf } from '../src/boltzmann/small/patterns.js'
import { readSmallLink } from '../src/boltzmann/small/settings.js'
import { Visits } from '../src/boltzmann/small/visits.js'
import { OpenStudio, widthOf } from './open-studio.js'

const linkOf = (page: Page) => new URLSearchParams(new URL(page.url()).hash.split('?')[1])
const settingsOf = (page: Page) => readSmallLink(linkOf(page))

const button = (page: Page, name: string | RegExp) =>
  page.getByRole('button', { name, exact: typeof name === 'string' })

/** The cells of the rows of a table twin, the first of each being its name. */
async function twin(page: Page, title: string): Promise<string[][]> {
  const details = page.locator('details', { has: page.getByText(title, { exact: true }) })
  return details
    .locator('tbody tr')
    .evaluateAll(rows => rows.map(row => [...row.children].map(cell => cell.textContent!)))
}

/** Waits until the address says what is wanted. */
async function until(page: Page, wanted: (link: URLSearchParams) => boolean) {
  await expect.poll(() => wanted(linkOf(page)), { timeout: 10_000 }).toBe(true)
}

describe.skipIf(!executablePath)(`the Boltzmann room in ${title}`, () => {
  let studio: OpenStudio
  beforeAll(async () => {
    studio = await OpenStudio.open()
  })
  afterAll(() => studio?.close())

  const open = async (settings: string) => {
    const page = await studio.page()
    await page.goto(`${studio.url}#/boltzmann${settings}`)
    await page.getByRole('heading', { name: 'A machine of bits' }).waitFor()
    return page
  }

  test('the chain is the seed’s, whoever walks it, and its visits come near the probabilities', async () => {
    const page = await open('?clamps=--------&seed=7')
    await button(page, 'Half step').click()
    const draws = await page.locator('li', { hasText: 'sigm(' }).allTextContents()
    expect(draws).toHaveLength(3)
    const { machine, clamps, seed } = settingsOf(page)
    const exact = new Exact(machine)
    const chain = new GibbsChain(exact.rbm, clamps, new Random(seed))
    for (const [k, { p, bit }] of chain.halfStep().entries())
      expect(draws[k]!.replace(/\s+/g, ' ')).toMatch(
        new RegExp(`^ ?h.*= ${p.toFixed(3)} .* ${bit} ?$`),
      )
    await button(page, 'Fast').click()
    await page.getByText(/after [\d,]{5,}\s+sweeps/).waitFor()
    await button(page, 'Pause').click()
    const said = (await page.getByText(/after [\d,]+\s+sweep/).textContent())!.replace(/\s+/g, ' ')
    const [, distance, sweeps] = /= (0\.\d+) after ([\d,]+) sweeps/.exec(said)!

    // The same chain in Node, as long: the same visits, and the same distance.
    const visits = new Visits(exact.visibleStates, exact.visibleGiven(clamps))
    for (let sweep = 0; sweep < Number(sweeps!.replaceAll(',', '')); sweep++) {
      chain.sweep()
      visits.add(stateOf(chain.bits.subarray(0, visibleUnits(machine.sizes))))
    }
    expect(distance).toBe(visits.soFar().distance!.toFixed(4))
    const table = await twin(page, 'Probabilities and visits as a table')
    expect(table).toHaveLength(32)
    for (const [name, p, , count] of table) {
      const state = stateOf([...name!.replace(' ', '')].map(Number))
      expect(p).toBe(exact.visible[state]!.toFixed(4))
      expect(count).toBe(String(visits.soFar().counts[state]))
    }
    // The bound that boltzmann-small.test.ts explains is under 0.1 for 20,000 sweeps of this machine;
    // for a tenth of them it is √10 times that.
    expect(Number(distance)).toBeLessThan(0.1 * Math.sqrt(20_000 / visits.soFar().sweeps))

    // Rewound, it begins where it began; with another seed elsewhere.
    await button(page, 'Rewind').click()
    await page.getByText(/after 0\s+sweeps/).waitFor()
    await button(page, 'Half step').click()
    expect(await page.locator('li', { hasText: 'sigm(' }).allTextContents()).toEqual(draws)
    await button(page, 'Reseed').click()
    await until(page, link => link.get('seed') === '8')
    await page.context().close()
  })

  test('a held unit stays, and p is given it; weights and sizes are set, and a link keeps all', async () => {
    const page = await open('')
    const state = () => twin(page, 'Probabilities and visits as a table')
    expect(await state()).toHaveLength(8)
    await button(page, /^x₂, held at 1/).click()
    await until(page, link => link.get('clamps') === '10------')
    await button(page, /^x₂, held at 0/).click()
    await until(page, link => link.get('clamps') === '1-------')
    expect(await state()).toHaveLength(16)
    await button(page, /^h₁, free, now ./).click()
    await button(page, /^h₁, held at 1/).waitFor()

    // A line is dragged: 24 pixels are 1.
    const line = page.locator('.handle').nth(1)
    const box = (await line.boundingBox())!
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 2]
    await page.mouse.move(x, y)
    await page.mouse.down()
    await page.mouse.move(x, y - 48, { steps: 4 })
    await page.mouse.up()
    await until(page, link => link.has('weights'))
    const dragged = [...settingsOf(page).machine.parameters]
    const before = [...readSmallLink(new URLSearchParams()).machine.parameters]
    const changed = dragged.flatMap((w, i) => (w === before[i] ? [] : [w - before[i]!]))
    expect(changed).toEqual([expect.closeTo(2, 5)])

    await button(page, 'Sweep').click()
    await page.getByLabel('Outputs').selectOption('2')
    await page.getByLabel('Outputs').selectOption('3')
    await page.getByLabel('Hidden units').selectOption('2')
    await until(page, link => link.get('size') === '2-3-2')
    await button(page, 'Sweep').click()
    const other = await open(`?${linkOf(page)}`)
    await button(other, 'Sweep').click()
    for (const title of [
      'Probabilities and visits as a table',
      'Weights and biases as a table',
      'All 128 probabilities p(x, y, h)',
    ])
      expect(await twin(other, title)).toEqual(await twin(page, title))
    expect(settingsOf(other)).toEqual(settingsOf(page))
    await Promise.all([page.context().close(), other.context().close()])
  })

  test('learns the patterns that are clicked, and the copied command learns the same weights', async () => {
    const page = await open('?epochs=80&rate=1&start=3')
    await button(page, 'Remove pattern 5').click()
    await button(page, 'Add a pattern').click()
    for (const unit of ['x₁', 'x₂', 'y₃']) await button(page, `Pattern 5, ${unit}`).click()
    await until(page, link => link.get('patterns') === '00100.01010.10001.11100.11001')
    await page.getByLabel('k of contrastive divergence').fill('4')
    await button(page, 'Learn').click()
    await page.getByText('epoch 80 of 80').waitFor()
    await button(page, 'Learn').waitFor()
    await until(page, link => link.has('weights'))
    const { machine, patterns } = settingsOf(page)

    const errors = await twin(page, 'The error as a table')
    const rbm = rbmOf(machine)
    const bits = (from: number, to: number) => patterns.map(pattern => pattern.slice(from, to))
    const exact = new Exact(machine)
    const nll = bits(0, 5).map(pattern => -Math.log(exact.conditional[stateOf(pattern)]!))
    const mean = nll.reduce((sum, each) => sum + each, 0) / nll.length
    expect(errors.at(-1)).toEqual(['80', mean.toFixed(4)])
    expect(mean).toBeLessThan(1.5) // it began at log 8 = 2.08
    const { x, y } = examplesOf(patterns, machine.sizes)
    const { angle, normRatio } = contrastiveBias(rbm, x, y, 4)
    const degrees = ((angle * 180) / Math.PI).toFixed(1)
    await page
      .getByRole('img', {
        name: `CD-4 is ${degrees} degrees off the exact gradient and ${normRatio.toFixed(2)} times as long`,
      })
      .waitFor()

    await studio.saved(page, 'Save patterns', 'patterns.csv')
    await button(page, 'Copy as command').click()
    await studio.run(await page.evaluate(() => navigator.clipboard.readText()))
    const checkpoint = readFileSync(
      join(studio.folder, 'runs', 'boltzmann', 'checkpoint.safetensors'),
    )
    expect(machineOf(ConditionalRbm.load(checkpoint))).toEqual(machineOf(rbm))
    await page.context().close()
  })

  test('the keyboard alone will do', async () => {
    const page = await open('')
    const focused = () => page.evaluate(() => document.activeElement?.getAttribute('aria-label'))
    const tabTo = async (name: RegExp) => {
      for (let k = 0; k < 60 && !name.test((await focused()) ?? ''); k++)
        await page.keyboard.press('Tab')
      expect(await focused()).toMatch(name)
    }
    await tabTo(/^y₁, /)
    await page.keyboard.press('Space')
    await until(page, link => link.get('clamps') === '111-----')
    await page.keyboard.press('Enter')
    await until(page, link => link.get('clamps') === '110-----')
    await tabTo(/^Weight or bias/)
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Tab')
    await page.keyboard.press('ArrowRight')
    await until(page, link => link.has('weights'))
    expect(settingsOf(page).machine.parameters[1]).toBeCloseTo(-2.9, 5)
    await tabTo(/^Pattern 1, y₁/)
    await page.keyboard.press('Space')
    await until(page, link => link.get('patterns')?.startsWith('00000.') ?? false)
    await page.context().close()
  })

  test('learns digits, walks and fills a gap; the command learns the same weights from the table', async () => {
    const page = await open('?view=digits&images=200&hidden=36&epochs=2&digit=3&side=5')
    await page.getByText('epoch 2 of 2').waitFor()
    await page.getByRole('img', { name: 'Drawn 6' }).waitFor()
    await button(page, 'Walk').click()
    await page.getByText(/[3-9]\s+sweeps/).waitFor()
    await button(page, 'Pause').click()
    // The gap moves, and is filled anew.
    const gap = page.getByRole('application', { name: /^Gap of 5 by 5/ })
    await gap.focus()
    await page.keyboard.press('ArrowDown')
    await until(page, link => link.get('row') === '11')
    await page.getByText(/truth, /).waitFor()

    const own = readFileSync(await studio.saved(page, 'Save checkpoint', 'digits.safetensors'))
    await studio.saved(page, 'Save digits', 'digits.csv')
    await button(page, 'Copy as command').click()
    await studio.run(await page.evaluate(() => navigator.clipboard.readText()))
    const theirs = readFileSync(join(studio.folder, 'runs', 'digits', 'checkpoint.safetensors'))
    expect(readSafetensors(theirs).tensors).toEqual(readSafetensors(own).tensors)

    // What was learnt is still there after a look at the small one.
    await page.getByText('A small one').click()
    await button(page, 'Half step').waitFor()
    await page.getByText('A large one').click()
    await page.getByText('epoch 2 of 2').waitFor()
    await until(page, link => link.get('view') === 'digits' && link.get('row') === '11')
    await page.context().close()
  })

  test.each([
    ['small', 'light', 360],
    ['small', 'dark', 1280],
    ['digits', 'light', 1280],
    ['digits', 'dark', 360],
  ] as const)(
    '%s, %s, %i pixels wide: nothing serious for axe, nothing wider than the page',
    async (view, colorScheme, width) => {
      const page = await studio.page({
        colorScheme,
        viewport: { width, height: 800 },
        reducedMotion: 'reduce',
      })
      await page.goto(
        `${studio.url}#/boltzmann?view=${view}&images=100&hidden=16&epochs=${view === 'small' ? 20 : 1}`,
      )
      if (view === 'small') await button(page, 'Learn').click()
      await page.getByText(/epoch (20 of 20|1 of 1)/).waitFor()
      if (view === 'small') {
        await button(page, 'Half step').click()
        await button(page, 'Half step').click()
      } else await page.getByRole('img', { name: 'Drawn 6' }).waitFor()
      // Tables are the widest on a phone.
      if (width === 360)
        for (const summary of await page.locator('summary').all()) await summary.click()
      const { violations } = await new AxeBuilder({ page }).analyze()
      expect(violations.map(({ id, nodes }) => [id, ...nodes.map(({ html }) => html)])).toEqual([])
      expect(await widthOf(page)).toBeLessThanOrEqual(width)
      await page.context().close()
    },
  )

  test('no console complained, and nobody else was asked', () => {
    expect(studio.problems).toEqual([])
  })
})
