import { readFileSync } from 'node:fs'
import { EnergyInpainter, Images, type Matrix, Random, removePatch, strokes } from 'lacuna'
import type { Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { executablePath, title } from '../../../packages/lacuna/test/chromium.js'
import { OpenStudio, seriousFaults, widthOf } from './open-studio.js'

const root = new URL('../../../', import.meta.url)

const articleOf = (page: Page, id: string) => page.locator(`article#sheet-${id}`)

/** The comparison of an article: what stands in its rows. */
const rowsOf = (article: Locator) =>
  article.locator('.check tbody tr:has(.bound)').evaluateAll(rows =>
    rows.map(row => {
      const [closed, other, difference, bound] = [...row.querySelectorAll('td')].map(cell =>
        cell.firstChild!.textContent!.trim(),
      )
      return { name: row.querySelector('th')!.textContent, closed, other, difference, bound }
    }),
  )

/** Waits until a comparison is another one, and looks that every row of it holds. */
async function changed(article: Locator, before: Awaited<ReturnType<typeof rowsOf>>) {
  await expect.poll(() => rowsOf(article), { timeout: 10_000 }).not.toEqual(before)
  const rows = await rowsOf(article)
  expect(await article.locator('.fails').count()).toBe(0)
  for (const { closed, other, difference, bound } of rows) {
    expect(closed).toMatch(/\d/)
    expect(numberOf(difference!)).toBeLessThanOrEqual(numberOf(bound!))
    // Two numbers of six digits may be rounded to different sides.
    expect(Math.abs(numberOf(closed!) - numberOf(other!))).toBeLessThan(2e-6 + numberOf(bound!))
  }
  return rows
}

/** A number as it is written on the page: −0.25, 1.5·10⁻¹¹. */
function numberOf(text: string): number {
  const [digits, power] = text.replace('−', '-').split('·10')
  const exponent = power
    ?.replace('⁻', '-')
    .replace(/[⁰¹²³⁴-⁹]/g, c => String('⁰¹²³⁴⁵⁶⁷⁸⁹'.indexOf(c)))
  return Number(exponent === undefined ? digits : `${digits}e${exponent}`)
}

/** The levels that the canvases of a strip show. */
const levelsOf = (strip: Locator) =>
  strip.locator('canvas').evaluateAll(canvases =>
    canvases.flatMap(canvas => {
      const { data } = (canvas as HTMLCanvasElement).getContext('2d')!.getImageData(0, 0, 28, 28)
      return [...data].filter((_, at) => at % 4 === 0)
    }),
  )

const shown = (x: Matrix) => [...Images.fromMatrix(x, { height: 28, width: 28 }).pixels]

describe.skipIf(!executablePath)(`the room of the sheet in ${title}`, () => {
  let studio: OpenStudio
  beforeAll(async () => {
    studio = await OpenStudio.open()
  })
  afterAll(() => studio?.close())

  test('a point that moves changes both numbers, and they stay as near as is said', async () => {
    const page = await studio.page()
    const scripts: Promise<string>[] = []
    const fonts: string[] = []
    page.on('response', response => {
      const type = response.request().resourceType()
      if (type === 'script') scripts.push(response.text())
      if (type === 'font') fonts.push(response.url())
    })
    await page.goto(`${studio.url}#/sheet?at=1aii`)
    const means = articleOf(page, '1aii')
    const before = await rowsOf(means)
    const plane = (await means.locator('svg').boundingBox())!
    const place = (x: number, y: number) =>
      [plane.x + plane.width * (0.5 + x / 6.4), plane.y + plane.height * (0.5 - y / 6.4)] as const
    await page.mouse.move(...place(-1.16, 0.25))
    await page.mouse.down()
    await page.mouse.move(...place(1, 1), { steps: 3 })
    await page.mouse.up()
    const dragged = await changed(means, before)
    expect(dragged.map(({ name }) => name)).toContain('∂E/∂μ₁₂')
    expect(await means.getByLabel('t₁').inputValue()).toMatch(/^(0\.9|1)/)
    await means.getByLabel('t₁').focus()
    await page.keyboard.press('ArrowLeft')
    await changed(means, dragged)

    // Whoever has lost the sign is told so.
    await means.getByText('Where it goes wrong').click()
    const own = means.getByLabel(/What does yours give/)
    const [right] = await rowsOf(means)
    await own.fill(right!.closed!)
    await means.getByText('That is right.').waitFor()
    await own.fill(String(-numberOf(right!.closed!)))
    expect(await means.locator('.slips .found').textContent()).toMatch(/the other way/)

    const free = articleOf(page, '2b')
    const sums = await rowsOf(free)
    await free.getByRole('button', { name: 'x₁ is' }).press('Enter')
    await changed(free, sums)

    const slopes = articleOf(page, '3s')
    const slope = await rowsOf(slopes)
    await slopes.getByLabel('E⁺').press('End')
    await changed(slopes, slope)

    const flip = articleOf(page, '3f')
    await flip.getByRole('table').waitFor()
    const moves = await rowsOf(flip)
    await flip.getByLabel('θ').first().press('PageUp')
    await changed(flip, moves)
    const patch = articleOf(page, '3m')
    const outputs = await rowsOf(patch)
    await patch.getByRole('button', { name: 'upwards' }).click()
    expect((await changed(patch, outputs)).at(-1)).toMatchObject({ closed: '0.000000', bound: '0' })

    // What sets the formulas has done so at build.
    expect((await Promise.all(scripts)).join('')).not.toMatch(/KaTeX parse error/)
    expect(fonts.length).toBeGreaterThan(0)
    for (const url of fonts) expect(url).toMatch(/\.woff2$/)
    await page.context().close()
  })

  test('the figures are those of the library, to the same levels', async () => {
    const page = await studio.page()
    await page.goto(`${studio.url}#/sheet?at=figures&images=200&epochs=3`)
    const figure = (name: string) => page.getByRole('region', { name })
    await figure('Completed by principal components').getByRole('button').first().click()
    const truth = strokes({ seed: 1, train: 0, test: 100 }).test.images.matrix(0, 10)
    const { incomplete, mask } = removePatch(truth, new Random(10))
    const strips = figure('Ten incomplete digits').locator('.strip')
    await strips.nth(1).waitFor()
    expect(await levelsOf(strips.nth(0))).toEqual(shown(truth))
    expect(await levelsOf(strips.nth(1))).toEqual(shown(incomplete))

    const generator = figure('Completed by the generator')
    await generator.getByRole('button').click()
    await generator.locator('.strip').waitFor()
    const checkpoint = readFileSync(new URL('packages/models/sheet.safetensors', root))
    expect(await levelsOf(generator.locator('.strip'))).toEqual(
      shown(EnergyInpainter.load(checkpoint).complete(incomplete, mask)),
    )
    await page.getByText(/d = 10 0\.\d+, d = 60 0\.\d+, d = 360 0\.\d+/).waitFor()
    expect(await figure('Completed by principal components').locator('.strip canvas').count()).toBe(
      30,
    )

    const training = figure('The error while it trains')
    await training.getByRole('button', { name: 'Train' }).click()
    const inpainter = EnergyInpainter.create({ seed: 10 })
    const losses: string[] = []
    const { images } = strokes({ seed: 1, train: 200, test: 0 }).train
    for await (const { loss } of inpainter.train(images, { epochs: 3 }))
      losses.push(loss.toFixed(4))
    await training.getByRole('img', { name: /over 3 epochs/ }).waitFor()
    await expect.poll(() => training.getByRole('button', { name: 'Cancel' }).count()).toBe(0)
    await training.getByText('The errors as a table').click()
    expect(await training.locator('tbody td:nth-child(2)').allTextContents()).toEqual(losses)
    expect(await levelsOf(training.locator('.strip'))).toEqual(
      shown(inpainter.complete(incomplete, mask)),
    )

    // With the components found, the digit that is projected can be looked at too.
    const projecting = articleOf(page, '3h')
    await projecting.getByRole('button', { name: 'Find the components' }).click()
    await projecting.getByRole('img', { name: 'The digit, completed' }).waitFor()
    const rows = await rowsOf(projecting)
    await projecting.getByLabel('d', { exact: true }).press('PageUp')
    await changed(projecting, rows)
    await page.context().close()
  })

  test('source opens at the lines that implement the equation', async () => {
    const page = await studio.page()
    await page.goto(`${studio.url}#/sheet?at=2b`)
    const button = page.getByRole('button', { name: /ConditionalRbm\.freeEnergy/ })
    await button.click()
    const dialog = page.getByRole('dialog', { name: 'ConditionalRbm.freeEnergy' })
    await dialog.locator('.inside').first().waitFor()
    const [, path, line] = /^(\S+), line (\d+)$/.exec(
      (await dialog.locator('.path').textContent())!,
    )!
    const source = readFileSync(new URL(path!, root), 'utf8').split('\n')
    expect(source[Number(line) - 1]).toMatch(/^ {2}freeEnergy\(/)
    const inside = dialog.locator('.inside code')
    expect((await inside.allTextContents()).join('\n')).toMatch(/freeEnergy\(.*softplus/s)
    expect(await inside.first().isVisible()).toBe(true)
    const box = (await inside.first().boundingBox())!
    expect(box.y).toBeGreaterThan(0)
    expect(box.y).toBeLessThan(900)
    await page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'hidden' })
    expect(await button.evaluate(node => node === document.activeElement)).toBe(true)
    await page.context().close()
  })

  test('a link opens the same points and proofs; reset and reseed draw them anew', async () => {
    const page = await studio.page()
    await page.goto(`${studio.url}#/sheet`)
    await articleOf(page, '1b').getByText('Show the proof').click()
    await articleOf(page, '1b').getByText('By the chain rule').waitFor()
    await articleOf(page, '1b').getByLabel('t₂').press('Home')
    await articleOf(page, '2ai').getByRole('button', { name: 'y₁ is' }).click()
    await articleOf(page, '3l').getByLabel('E⁻').press('Home')
    await page.waitForTimeout(500)
    const link = page.url()
    expect(link).toMatch(/open=1b.*t=.*bits=.*energies=/)

    const other = await studio.page()
    await other.goto(link)
    await articleOf(other, '1b').getByText('By the chain rule').waitFor()
    for (const id of ['1b', '2ai', '3l'])
      expect(await rowsOf(articleOf(other, id))).toEqual(await rowsOf(articleOf(page, id)))
    const rows = await rowsOf(articleOf(other, '1b'))
    await other.getByRole('button', { name: 'Reset' }).click()
    const reset = await changed(articleOf(other, '1b'), rows)
    await other.getByRole('button', { name: 'Reseed' }).click()
    await changed(articleOf(other, '1b'), reset)
    await expect.poll(() => other.url()).toMatch(/seed=11/)
    expect(other.url()).not.toMatch(/[?&]t=/)

    await other.getByRole('link', { name: 'Check everything' }).click()
    await other.getByRole('button', { name: 'Check at random points' }).click()
    await other.getByText(/^All \d+ hold\.$/).waitFor()
    expect(await other.getByText('npx lacuna verify --seed 11').count()).toBe(1)
    await Promise.all([page.context().close(), other.context().close()])
  })

  test.each([
    ['light', 360],
    ['dark', 1280],
  ] as const)(
    '%s, %i pixels wide: nothing serious for axe, and with all proofs nothing wider than the page',
    async (colorScheme, width) => {
      const page = await studio.page({
        colorScheme,
        viewport: { width, height: 740 },
        reducedMotion: 'reduce',
      })
      await page.goto(`${studio.url}#/sheet?open=1aii,2b`)
      await page.getByText('Where it goes wrong').first().click()
      await articleOf(page, '2b').getByText('Hide the proof').waitFor()
      await articleOf(page, '3f').getByRole('table').waitFor()
      // Formulas are MathML to a screen reader, and thousands of boxes to axe.
      expect(await seriousFaults(page, ['.katex'])).toEqual([])
      await page.getByRole('button', { name: 'Show all proofs' }).click()
      await articleOf(page, '3m').getByText('Hide the proof').waitFor()
      expect(await widthOf(page)).toBeLessThanOrEqual(width)
      await page.context().close()
    },
  )

  test('no console complained, and nobody else was asked', () => {
    expect(studio.problems).toEqual([])
  })
})
