import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Matrix, MixtureDensityNetwork } from 'lacuna'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { executablePath, title } from '../../../packages/lacuna/test/chromium.js'
import { type Place, packPlaces, STEPS, unpackPlaces } from '../src/mixture/own-points.js'
import { OpenStudio, seriousFaults, settingsOf, until, widthOf } from './open-studio.js'

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true })

const said = (page: Page, text: RegExp | string) => page.getByText(text).first().waitFor()

/** The points in the address. */
const pointsOf = (page: Page) => unpackPlaces(settingsOf(page).get('points') ?? '') ?? []

/** A ring of points, as a link has them. */
const ring: Place[] = Array.from({ length: 60 }, (_, k) => ({
  x: Math.round((0.5 + 0.3 * Math.cos(k)) * STEPS),
  t: Math.round((0.5 + 0.3 * Math.sin(k)) * STEPS),
}))

describe.skipIf(!executablePath)(`the room Mixture in ${title}`, () => {
  let studio: OpenStudio
  beforeAll(async () => {
    studio = await OpenStudio.open()
  })
  afterAll(() => studio?.close())

  /** The room, which with reduced motion does not begin by itself. */
  async function room(query: string, options: Parameters<OpenStudio['page']>[0] = {}) {
    const page = await studio.page({ reducedMotion: 'reduce', ...options })
    await page.goto(`${studio.url}#/mixture?${query}`)
    return page
  }

  test.each([
    ['Bishop’s problem', 'components=2&seed=4&epochs=2'],
    ['own points', `data=own&epochs=12&seed=7&points=${packPlaces(ring)}`],
  ])('on %s the copied command leaves the checkpoint that the page leaves', async (_, query) => {
    const page = await room(query)
    await button(page, 'One epoch').click()
    await said(page, /Epoch 1 of/)
    await button(page, 'Train').click()
    await said(page, /The end/)
    const saved = readFileSync(await studio.saved(page, 'Save checkpoint', 'page.safetensors'))
    await studio.saved(page, 'Save CSV', 'points.csv')
    await button(page, 'Copy as command').click()
    await studio.run(await page.evaluate(() => navigator.clipboard.readText()))
    const trained = readFileSync(join(studio.folder, 'runs/mixture/checkpoint.safetensors'))
    expect(saved.equals(trained)).toBe(true)

    // What the page says is what the checkpoint says.
    const network = MixtureDensityNetwork.load(saved)
    const x = Number(settingsOf(page).get('x') ?? 0.35)
    const [intervals] = network
      .predict(new Matrix(1, 1, Float64Array.of(x)))
      .highestDensityIntervals(0.9)
    const words = intervals!.map(
      ({ lower, upper }) => `from ${lower.toFixed(2)} to ${upper.toFixed(2)}`,
    )
    await said(page, words.join(' or ').replaceAll('-', '−'))
    await page.context().close()
  })

  test('begins by itself, stays smooth, pauses, and rewound comes to the same errors', async () => {
    const page = await room('components=2&epochs=900', { reducedMotion: 'no-preference' })
    await said(page, /Epoch [1-9]/)
    const frames = await page.evaluate(async () => {
      const start = performance.now()
      let frames = 0
      while (performance.now() - start < 500) {
        await new Promise(requestAnimationFrame)
        frames++
      }
      return 2 * frames
    })
    console.log(`studio: ${frames} frames a second while a mixture trains`)
    // Not how fast this machine is, but that no epoch lies between two frames.
    expect(frames).toBeGreaterThan(5)
    await button(page, 'Pause').click()
    await button(page, 'Train').waitFor()
    const errors = page.getByRole('img', { name: /^The error after \d+ epochs/ })
    const named = async () => (await errors.getAttribute('aria-label'))!
    const [, epochs] = /after (\d+)/.exec(await named())!
    expect(Number(epochs)).toBeLessThan(900)
    await page.getByText('The error as a table').click()
    const rows = page.locator('table').filter({ hasText: 'On new points' }).locator('tbody tr')
    const first = await rows.first().textContent()

    await button(page, 'Rewind').click()
    await said(page, /Epoch 0 of 900/)
    expect(await errors.count()).toBe(0)
    await button(page, 'One epoch').click()
    await said(page, /Epoch 1 of 900/)
    expect(await rows.first().textContent()).toBe(first)
    // An epoch and, before it is over, all of them: it goes on until it is paused.
    await page.evaluate(() => {
      const buttons = [...document.querySelectorAll('button')]
      for (const name of ['One epoch', 'Train'])
        buttons.find(each => each.textContent!.trim() === name)!.click()
    })
    await button(page, 'Pause').click()
    await button(page, 'Train').waitFor()
    await button(page, 'Reseed').click()
    await until(page, 'seed', seed => seed === '2')

    // Whoever leaves the room while it trains leaves no worker behind.
    await button(page, 'Train').click()
    await said(page, /Epoch [1-9]/)
    await page.getByRole('link', { name: 'Duel' }).click()
    await page.getByRole('heading', { name: 'Two networks, one error' }).waitFor()
    const left = () => page.workers().filter(worker => /mixture|train-worker/.test(worker.url()))
    await expect.poll(() => left().length, { timeout: 5000 }).toBe(0)
    await page.context().close()
  })

  test('a link opens the same experiment', async () => {
    const page = await room('epochs=3')
    await page.getByLabel('Components m').fill('5')
    await page.getByText('Central', { exact: true }).click()
    await page.getByLabel('interval of').selectOption('80 %')
    await page.getByText('Slow', { exact: true }).click()
    await page.getByRole('slider', { name: 'x', exact: true }).focus()
    for (const key of ['Home', 'PageUp', 'ArrowRight']) await page.keyboard.press(key)
    const x = await until(page, 'x', Boolean)
    expect(Object.fromEntries(settingsOf(page))).toEqual({
      ...{ components: '5', epochs: '3', x, interval: 'central', mass: '0.8', pace: 'slow' },
    })
    const other = await room(page.url().split('?')[1]!)
    for (const each of [page, other]) {
      await button(each, 'One epoch').click()
      await said(each, /Epoch 1 of 3/)
    }
    const pictures = (p: Page) =>
      p.locator('figure svg[role=img]').evaluateAll(all => all.map(e => e.ariaLabel))
    await expect.poll(() => pictures(other)).toEqual(await pictures(page))
    expect(other.url()).toBe(page.url())
    await Promise.all([page.context().close(), other.context().close()])
  })

  test('own points are drawn with mouse and keys, undone, cleared, opened', async () => {
    const page = await room('data=own&epochs=5', { reducedMotion: 'no-preference' })
    await said(page, /Draw points here/)
    const pad = page.getByRole('application', { name: /Points/ })
    const box = (await pad.boundingBox())!
    const at = (x: number, t: number) =>
      [box.x + x * box.width, box.y + (1 - t) * box.height] as const
    await page.mouse.move(...at(0.2, 0.8))
    await page.mouse.down()
    await page.mouse.move(...at(0.8, 0.8), { steps: 8 })
    await page.mouse.up()
    await until(page, 'points', Boolean)
    const stroke = pointsOf(page)
    expect(stroke.length).toBeGreaterThan(20)
    for (const { t } of stroke) expect(Math.abs(t / STEPS - 0.8)).toBeLessThan(0.04)
    await said(page, /Epoch [1-9]/) // it learns them

    // By keys: from the middle, two to the right, a point; then a line upwards.
    for (const key of ['ArrowRight', 'ArrowRight', 'Space']) await page.keyboard.press(key)
    await page.keyboard.down('Shift')
    for (let k = 0; k < 3; k++) await page.keyboard.press('ArrowUp')
    await page.keyboard.up('Shift')
    await until(page, 'points', points => unpackPlaces(points!)!.length >= stroke.length + 4)
    const drawn = pointsOf(page)
    expect(drawn.slice(0, stroke.length)).toEqual(stroke)
    expect(drawn[stroke.length]).toEqual({ x: 0.54 * STEPS, t: 0.5 * STEPS })

    await page.keyboard.press('Control+z')
    await until(page, 'points', points => unpackPlaces(points!)!.length === stroke.length + 1)
    await button(page, 'Undo').click()
    await until(page, 'points', points => unpackPlaces(points!)!.length === stroke.length)
    await page.keyboard.press('Control+Shift+z')
    await button(page, 'Redo').click()
    await until(page, 'points', points => unpackPlaces(points!)!.length === drawn.length)
    await page.getByText('Erase', { exact: true }).click()
    await page.mouse.click(...at(0.54, 0.5))
    await until(page, 'points', points => unpackPlaces(points!)!.length < drawn.length)
    await button(page, 'Clear').click()
    await until(page, 'points', points => points === null)
    await said(page, /Draw points here/)

    const csv = (text: string) => ({
      name: 'points.csv',
      mimeType: 'text/csv',
      buffer: Buffer.from(text),
    })
    await page.getByLabel('Points, a CSV file').setInputFiles(csv('x,t\n1,2\nthree,4\n'))
    await page
      .getByRole('alert')
      .getByText(/Line 3 does not begin with two numbers/)
      .waitFor()
    const table = Array.from({ length: 40 }, (_, k) => `${k},${100 + (k % 2)}`).join('\n')
    await page.getByLabel('Points, a CSV file').setInputFiles(csv(`x,t\n${table}\n`))
    await until(page, 'range', range => range === '-1.95,40.95,99.95,101.05')
    expect(pointsOf(page).length).toBe(40)
    await said(page, /The end/)
    await page.context().close()
  })

  test.each([
    ['light', 1280, 'nothing drawn', 'data=own&components=8'],
    ['dark', 360, 'Bishop’s problem', 'epochs=2'],
    ['light', 360, 'own points', `data=own&epochs=4&points=${packPlaces(ring)}`],
  ] as const)(
    '%s, %i pixels wide, %s: nothing serious for axe, nothing wider than the page',
    async (colorScheme, width, what, query) => {
      const page = await room(query, { colorScheme, viewport: { width, height: 800 } })
      if (what !== 'nothing drawn') {
        await button(page, 'Train').click()
        await said(page, /The end/)
      }
      for (const summary of await page.locator('summary').all()) await summary.click()
      expect(await seriousFaults(page)).toEqual([])
      expect(await widthOf(page)).toBeLessThanOrEqual(width)
      await page.context().close()
    },
  )

  test('no console complained, and nobody else was asked', () => {
    expect(studio.problems).toEqual([])
  })
})
