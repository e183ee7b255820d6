import { createHash } from 'node:crypto'
import { readFileSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { EnergyInpainter, readGrayPng, readSafetensors, strokes } from 'lacuna'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { executablePath, title } from '../../../packages/lacuna/test/chromium.js'
import { packMask, unpackLevels, unpackMask } from '../src/pixels/compact.js'
import { isSheetPatch, missing } from '../src/pixels/grid.js'
import { OpenStudio, seriousFaults, settingsOf, until, widthOf } from './open-studio.js'

/** What the first room may weigh, packed, before checkpoints. */
const MOST_BYTES = 250_000

const levelsOf = async (path: string) => (await readGrayPng(readFileSync(path))).levels

const maskOf = (page: Page) => unpackMask(settingsOf(page).get('mask')!)!

const editorOf = (page: Page) => page.getByRole('application', { name: /Picture/ })

/** Methods that first learn from the data, which takes seconds. */
const learning = ['PCA', 'Nearest digits']

/** Waits until every method that can has answered the present question; those that learn only if told. */
async function completed(page: Page, without: readonly string[] = learning): Promise<void> {
  await page.waitForFunction(without => {
    const cards = [...document.querySelectorAll('article')].filter(
      card => !without.includes(card.querySelector('h3')!.textContent),
    )
    return cards.length > 0 && cards.every(card => card.querySelector('.picture, .empty > p'))
  }, without)
  await page.waitForTimeout(300)
}

/** Draws with the mouse from one place to another, in pixels of the picture. */
async function drag(page: Page, ...places: [x: number, y: number][]): Promise<void> {
  await editorOf(page).scrollIntoViewIfNeeded()
  const box = (await editorOf(page).boundingBox())!
  const at = ([x, y]: [number, number]) =>
    [box.x + (x / 28) * box.width, box.y + (y / 28) * box.height] as const
  await page.mouse.move(...at(places[0]!))
  await page.mouse.down()
  for (const place of places.slice(1)) await page.mouse.move(...at(place), { steps: 4 })
  await page.mouse.up()
}

describe.skipIf(!executablePath)(`the studio in ${title}`, () => {
  let studio: OpenStudio
  beforeAll(async () => {
    studio = await OpenStudio.open()
  })
  afterAll(() => studio?.close())

  test('the first room is light, quickly there, and asks nobody else', async () => {
    const page = await studio.page()
    const bodies: Promise<[name: string, bytes: number]>[] = []
    page.on('response', response => {
      const name = new URL(response.url()).pathname
      if (!name.startsWith('/models/'))
        bodies.push(response.body().then(body => [name, gzipSync(body).length]))
    })
    await page.goto(studio.url)
    await completed(page)
    const sizes = await Promise.all(bodies)
    const total = sizes.reduce((sum, [, bytes]) => sum + bytes, 0)
    const paint = await page.evaluate(
      () => performance.getEntriesByName('first-contentful-paint')[0]!.startTime,
    )
    console.log(
      `studio: first room ${(total / 1000).toFixed(0)} KB gzipped, first paint after ${paint.toFixed(0)} ms`,
    )
    expect(sizes.map(([name]) => name)).not.toContainEqual(expect.stringMatching(/Duel/))
    expect(total).toBeLessThan(MOST_BYTES)
    await page.context().close()
  })

  test('draws, makes a hole, completes, and the copied commands give the same pictures', async () => {
    const page = await studio.page()
    await page.goto(studio.url)
    await completed(page)
    await page.getByRole('button', { name: 'New', exact: true }).click()
    await page.getByText('Pen', { exact: true }).click()
    await drag(page, [8, 7], [20, 7], [13, 22])
    await page.getByText('Rectangle', { exact: true }).click()
    await drag(page, [14.5, 11.5], [19.5, 16.5])
    await until(page, 'mask', mask => isSheetPatch(unpackMask(mask ?? '') ?? new Uint8Array()))
    await completed(page, [])
    const settings = settingsOf(page)
    const picture = unpackLevels(settings.get('picture')!)!
    const mask = unpackMask(settings.get('mask')!)!
    expect(picture.filter(level => level > 128).length).toBeGreaterThan(40)
    expect(isSheetPatch(mask)).toBe(true)

    expect(await levelsOf(await studio.saved(page, 'Save PNG', 'picture.png'))).toEqual(picture)
    const masked = await levelsOf(await studio.saved(page, 'Save mask', 'mask.png'))
    expect(masked).toEqual(mask.map(m => 255 * m))
    for (const [method, name] of [
      ['PCA', 'pca-60'],
      ['Window', 'window'],
      ['Any mask', 'any'],
    ]) {
      const shown = await levelsOf(
        await studio.saved(page, `Save the completion by ${method}`, `${name}.png`),
      )
      await page.getByRole('button', { name: `Copy as command: ${method}`, exact: true }).click()
      await studio.run(await page.evaluate(() => navigator.clipboard.readText()))
      renameSync(join(studio.folder, 'whole.png'), join(studio.folder, `${name}-command.png`))
      expect(await levelsOf(join(studio.folder, `${name}-command.png`)), name).toEqual(shown)
      for (const [at, level] of shown.entries()) if (!mask[at]) expect(level).toBe(picture[at])
    }

    // So do the several answers, each of them.
    const heads = page.locator('.panel', { has: page.getByRole('heading', { name: /^Heads: / }) })
    await studio.run((await heads.locator('code').textContent())!)
    const answers = await heads.getByRole('button', { name: /^Save answer/ }).count()
    expect(answers).toBeGreaterThan(0)
    for (let k = 1; k <= answers; k++) {
      const button = `Save answer ${k} of Heads`
      const shown = await levelsOf(await studio.saved(page, button, `heads-${k}.png`))
      expect(await levelsOf(join(studio.folder, `whole-${k}.png`)), button).toEqual(shown)
    }

    // The picture that was saved comes back by a drop, and the mask from its file.
    await page.getByRole('button', { name: 'New', exact: true }).click()
    const bytes = [...readFileSync(join(studio.folder, 'picture.png'))]
    await page.evaluate(bytes => {
      const dataTransfer = new DataTransfer()
      dataTransfer.items.add(new File([Uint8Array.from(bytes)], 'seven.png'))
      window.dispatchEvent(new DragEvent('drop', { dataTransfer, cancelable: true }))
    }, bytes)
    await page.getByLabel('Mask, a PNG file').setInputFiles(join(studio.folder, 'mask.png'))
    for (const name of ['picture', 'mask'])
      await until(page, name, value => value === settings.get(name))
    await page.context().close()
  })

  test('undo goes back, redo forth; a link opens the same experiment', async () => {
    const page = await studio.page()
    await page.goto(studio.url)
    await completed(page)
    const masks = [await until(page, 'mask', Boolean)]
    await drag(page, [4, 4], [9, 9])
    masks.push(await until(page, 'mask', mask => mask !== masks[0]))
    await page.getByRole('button', { name: 'Invert' }).click()
    await until(page, 'mask', mask => mask !== masks[1])
    await page.keyboard.press('Control+z')
    await until(page, 'mask', mask => mask === masks[1])
    await page.getByRole('button', { name: 'Undo' }).click()
    await until(page, 'mask', mask => mask === masks[0])
    expect(await page.getByRole('button', { name: 'Undo' }).isDisabled()).toBe(true)
    await page.keyboard.press('Control+Shift+z')
    await until(page, 'mask', mask => mask === masks[1])

    await page.getByLabel('d, the number of principal components').fill('25')
    await page.getByLabel('Energies by').selectOption('window')
    await page.getByRole('button', { name: 'Take test digit 3, a 3' }).click()
    await until(page, 'digit', digit => digit === '3')
    await completed(page)
    const other = await studio.page()
    const link = page.url()
    await other.goto(link)
    await completed(other)
    await other.waitForTimeout(500)
    expect(other.url()).toBe(link)
    const figures = (p: Page) =>
      p.locator('article .picture').evaluateAll(all => all.map(e => e.ariaLabel))
    const own = (await figures(page)).filter(label => !/by (PCA|Nearest)/.test(label!))
    expect(await figures(other)).toEqual(expect.arrayContaining(own))
    expect(own.join()).toMatch(/Completed by Any mask, squared error \d/)

    // While O is held, the original is to be seen.
    await page.keyboard.down('o')
    expect(await page.getByRole('img', { name: 'The original' }).count()).toBeGreaterThan(3)
    await page.keyboard.up('o')
    expect(await page.getByRole('img', { name: 'The original' }).count()).toBe(0)
    await Promise.all([page.context().close(), other.context().close()])
  })

  test('the keyboard alone will do', async () => {
    const page = await studio.page()
    await page.goto(studio.url)
    await completed(page)
    const focused = () =>
      page.evaluate(() => document.activeElement?.ariaLabel ?? document.activeElement?.textContent)
    for (let k = 0; k < 12 && !(await focused())?.startsWith('Picture'); k++)
      await page.keyboard.press('Tab')
    expect(await focused()).toMatch(/^Picture/)
    const first = await until(page, 'mask', Boolean)
    const before = missing(unpackMask(first!)!)
    for (let k = 0; k < 12; k++) await page.keyboard.press('ArrowUp')
    await page.keyboard.press(' ')
    await page.keyboard.down('Shift')
    for (let k = 0; k < 4; k++) await page.keyboard.press('ArrowLeft')
    await page.keyboard.up('Shift')
    expect(await page.locator('[aria-live]').allTextContents()).toContainEqual(
      expect.stringMatching(/Row 3, column 11, in the hole/),
    )
    await until(page, 'mask', mask => mask !== first)
    const brushed = maskOf(page)
    expect(missing(brushed)).toBe(before + 21)

    // To the tools: of a group of radio buttons Tab reaches the chosen one, and arrows choose.
    for (const key of ['Tab', 'Tab', 'ArrowRight', 'ArrowRight']) await page.keyboard.press(key)
    await until(page, 'tool', tool => tool === 'rectangle')
    for (const key of ['Shift+Tab', 'Shift+Tab', 'Enter']) await page.keyboard.press(key)
    for (const key of ['ArrowUp', 'ArrowLeft', 'ArrowLeft', 'Enter']) await page.keyboard.press(key)
    await until(page, 'mask', mask => mask !== packMask(brushed))
    // Of its two rows of three pixels the brush had been on the four to the right.
    expect(missing(maskOf(page))).toBe(before + 21 + 2)
    await page.context().close()
  })

  test('what fails is said with what to do, and can be tried again', async () => {
    const page = await studio.page()
    await page.route('**/models/any.safetensors', route => route.abort())
    await page.goto(studio.url)
    const card = page.locator('article', { has: page.getByRole('heading', { name: 'Any mask' }) })
    await card.getByText(/Any mask could not be fetched.*still being served/).waitFor()
    await page.unroute('**/models/any.safetensors')
    await card.getByRole('button', { name: 'Try again' }).click()
    await card.getByRole('img', { name: /Completed by Any mask/ }).waitFor()

    await page.getByLabel('Picture, a PNG file').setInputFiles({
      name: 'note.png',
      mimeType: 'image/png',
      buffer: Buffer.from('no picture'),
    })
    await page
      .getByRole('alert')
      .getByText(/cannot be read.*Use an undamaged PNG/)
      .waitFor()
    await page.getByRole('button', { name: 'No hole' }).click()
    expect(await page.getByText('Paint a hole first.').count()).toBeGreaterThan(4)
    await page.context().close()
    // Of the file that was kept from it the browser may complain.
    for (const problem of studio.problems.splice(0)) expect(problem).toMatch(/Failed to load/)
  })

  test('the duel leaves the tensors that Node leaves, step by step and phase by phase', async () => {
    const page = await studio.page()
    await page.goto(`${studio.url}#/duel?images=300&epochs=2&seed=4&generator=0.02`)
    const button = (name: string) => page.getByRole('button', { name, exact: true })
    await button('One step').click()
    await page.getByText(/Step 1 of 6, epoch 0 of 2/).waitFor()
    for (const phase of [
      /paints/,
      /scores/,
      /compares/,
      /network learns/,
      /flipped/,
      /generator learns/,
    ]) {
      await button('Next phase').click()
      await page.getByRole('heading', { name: phase }).waitFor()
    }
    await page.getByText(/Step 2 of 6/).waitFor()
    await button('Play').click()
    await page.getByText(/Step 6 of 6, epoch 2 of 2/).waitFor()
    expect(await page.getByText(/npx lacuna sheet/).textContent()).toBe(
      'npx lacuna sheet --data strokes --train-size 300 --epochs 2 --loss log --seed 4 --generator-rate 0.02 --out runs/duel',
    )
    const path = await studio.saved(page, 'Save checkpoint', 'duel.safetensors')
    const inpainter = EnergyInpainter.create({ seed: 4 })
    const { images } = strokes({ seed: 1, train: 300, test: 0 }).train
    const learningRate = { energy: 0.05, generator: 0.02 }
    for await (const _ of inpainter.train(images, { epochs: 2, learningRate }));
    expect(hashOf(readFileSync(path))).toBe(hashOf(inpainter.save()))

    // Rewound, it is at the same weights; one network alone can learn; the settings are in the link.
    await button('Rewind').click()
    await page.getByText(/Step 0 of 6/).waitFor()
    expect(
      hashOf(readFileSync(await studio.saved(page, 'Save checkpoint', 'begin.safetensors'))),
    ).toBe(hashOf(EnergyInpainter.create({ seed: 4 }).save()))
    await button('energy network').click()
    await page.getByText(/changed the course by hand at step 0/).waitFor()
    await button('Reseed').click()
    await page.getByText(/Step 0 of 6/).waitFor()
    await until(page, 'seed', seed => seed === '5')
    expect(Object.fromEntries(settingsOf(page))).toEqual({
      ...{ data: 'strokes', seed: '5', images: '300', epochs: '2', generator: '0.02' },
    })
    await page.context().close()
  })

  test('the page stays smooth while the networks train', async () => {
    const page = await studio.page()
    await page.goto(`${studio.url}#/duel?images=1000&epochs=10000`)
    const button = (name: string) => page.getByRole('button', { name, exact: true })
    await button('Play').click()
    await page.getByText(/epoch [1-9]/).waitFor()
    const frames = await page.evaluate(async () => {
      const start = performance.now()
      let frames = 0
      while (performance.now() - start < 1000) {
        await new Promise(requestAnimationFrame)
        frames++
      }
      return frames
    })
    console.log(`studio: ${frames} frames a second while training`)
    // Not how fast this machine is, but that no step of training lies between two frames.
    expect(frames).toBeGreaterThan(5)
    // Rewound in the midst of it, it stands at the beginning, and goes on from there.
    await button('Rewind').click()
    await page.getByText(/Step 0 of/).waitFor()
    await page.waitForTimeout(200)
    expect(await page.getByText(/Step \d/).textContent()).toMatch(/Step 0 of/)
    await button('One step').click()
    await page.getByText(/Step 1 of/).waitFor()
    expect(await page.getByRole('img', { name: /The loss of/ }).getAttribute('aria-label')).toMatch(
      /^The loss of 1 steps/,
    )
    await page.context().close()
  })

  test('a room that is left leaves no worker behind', async () => {
    const page = await studio.page()
    await page.goto(`${studio.url}#/mixture`)
    await page.getByText(/Epoch [1-9]/).waitFor()
    for (const room of ['Sheet', 'Boltzmann', 'Duel']) {
      await page.getByRole('link', { name: room, exact: true }).click()
      await page.getByRole('heading', { level: 1 }).waitFor()
    }
    const left = () => page.workers().filter(worker => !/duel/.test(worker.url()))
    await expect.poll(() => left().map(worker => worker.url())).toEqual([])
    await page.context().close()
  })

  test('what a room cannot show is said, with a way on', async () => {
    const page = await studio.page()
    await page.goto(`${studio.url}#/duel`)
    await page.getByRole('heading', { level: 1 }).waitFor()
    await page.evaluate(() => {
      const { get } = URLSearchParams.prototype
      URLSearchParams.prototype.get = function (name) {
        if (get.call(this, 'seed') === '5') throw new Error('a link that a room does not bear')
        return get.call(this, name)
      }
    })
    await page.goto(`${studio.url}#/duel?seed=5`)
    await page.getByText(/cannot show what its link asks for/).waitFor()
    await page.getByRole('link', { name: 'Open it as it is at first' }).click()
    await page.getByRole('heading', { name: 'Two networks, one error' }).waitFor()
    await page.context().close()
  })

  test.each([
    ['complete', 'light', 1280],
    ['complete', 'dark', 360],
    ['duel', 'light', 360],
    ['duel', 'dark', 1280],
  ] as const)(
    '%s, %s, %i pixels wide: nothing serious for axe, nothing wider than the page',
    async (room, colorScheme, width) => {
      const page = await studio.page({
        colorScheme,
        viewport: { width, height: 800 },
        reducedMotion: 'reduce',
      })
      await page.goto(`${studio.url}#/${room}?${room === 'duel' ? 'images=200' : ''}`)
      if (room === 'complete') await completed(page)
      else
        for (let k = 0; k < 5; k++) await page.getByRole('button', { name: 'Next phase' }).click()
      expect(await seriousFaults(page)).toEqual([])
      expect(await widthOf(page)).toBeLessThanOrEqual(width)
      await page.context().close()
    },
  )

  test('no console complained, and nobody else was asked', () => {
    expect(studio.problems).toEqual([])
  })
})

/** The SHA-256 of a checkpoint's tensors, by their names. */
function hashOf(checkpoint: Uint8Array): string {
  const hash = createHash('sha256')
  const { tensors } = readSafetensors(checkpoint)
  for (const [name, { data }] of [...tensors].sort(([a], [b]) => (a < b ? -1 : 1)))
    hash.update(name).update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength))
  return hash.digest('hex')
}
