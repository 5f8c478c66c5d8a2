/**
 * The dashboard in a real browser, against the fixture's server. Skips where no Chromium is
 * installed, unless CI is set.
 */
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type Fixture, OPERATOR_TOKEN, startFixture } from './fixture.testing.ts'
import { centreOf, toScreen } from './map/projection.ts'
import { readView } from './view-url.ts'

const BROWSERS = [
  process.env.CHROMIUM_PATH,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
].filter((candidate) => candidate !== undefined)
const executablePath = BROWSERS.find((candidate) => existsSync(candidate))
const canRun = executablePath !== undefined || Boolean(process.env.CI)
if (!canRun)
  console.warn(
    'The dashboard is not tested in a browser: no Chromium found; CHROMIUM_PATH can name one',
  )

const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--use-angle=swiftshader',
  '--enable-unsafe-swiftshader',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]
const HOSTILE = '<img src=x onerror="window.owned=1">'
const VIEWPORT = { width: 1000, height: 700 }
const WAIT = { timeout: 45_000 }

let folder = ''
let browser: Browser
let fixture: Fixture
let page: Page
let faults: string[] = []

beforeAll(async () => {
  if (!canRun) return
  folder = await mkdtemp(path.join(os.tmpdir(), 'dashboard-e2e-'))
  browser = await chromium.launch({ ...(executablePath ? { executablePath } : {}), args: FLAGS })
})
afterAll(async () => {
  await browser?.close()
  if (folder !== '') await rm(folder, { recursive: true, force: true })
})
afterEach(async () => {
  await page.close()
  await fixture.close()
  expect(faults).toEqual([])
})

const open = async (query = '', hexes = 120): Promise<void> => {
  fixture = await startFixture({
    hexes,
    adventurers: hexes === 0 ? 0 : 5,
    seed: 11,
    hostileName: HOSTILE,
    cacheFolder: folder,
  })
  page = await browser.newPage({ viewport: VIEWPORT })
  faults = []
  page.on('pageerror', (error) => faults.push(error.message))
  page.on('request', (request) => {
    const { host } = new URL(request.url())
    if (`http://${host}` !== fixture.url) faults.push(`a request to ${request.url()}`)
  })
  await page.goto(`${fixture.url}/${query}#token=${OPERATOR_TOKEN}`)
}
const waitForLive = () => page.locator('.connection.live').waitFor(WAIT)
const connection = () => page.locator('.connection').textContent()

/** How many clearly different colours the middle of the map shows. */
const coloursOfMap = async (): Promise<number> => {
  const clip = { x: 345, y: 130, width: 300, height: 380 }
  const png = (await page.screenshot({ clip })).toString('base64')
  return page.evaluate(async (encoded) => {
    const bytes = Uint8Array.from(atob(encoded), (character) => character.charCodeAt(0))
    const picture = await createImageBitmap(new Blob([bytes], { type: 'image/png' }))
    const ink = new OffscreenCanvas(picture.width, picture.height).getContext('2d')
    ink?.drawImage(picture, 0, 0)
    const pixels =
      ink?.getImageData(0, 0, picture.width, picture.height).data ?? new Uint8ClampedArray()
    const colours = new Set<number>()
    for (let at = 0; at < pixels.length; at += 4) {
      const [red = 0, green = 0, blue = 0] = pixels.subarray(at, at + 3)
      colours.add((red >> 4) * 256 + (green >> 4) * 16 + (blue >> 4))
    }
    return colours.size
  }, png)
}

describe.runIf(canRun)('the dashboard in a browser', () => {
  it('draws the world, says that it is live, and hides the token from the address', async () => {
    await open()
    await waitForLive()
    await expect.poll(coloursOfMap, WAIT).toBeGreaterThan(40)
    expect(page.url()).not.toContain(OPERATOR_TOKEN)
    expect(await page.locator('.figure', { hasText: 'hexes' }).textContent()).toContain(
      String(fixture.world.hexes.size),
    )
  })

  it('tells what happens as it happens', async () => {
    await open()
    await waitForLive()
    const [id] = [...fixture.world.people.keys()].slice(1)
    fixture.world.discover(id ?? '0x0', { q: 60, r: -20 })
    fixture.world.flush()
    await page.locator('.feed .entry', { hasText: '(60, −20)' }).waitFor(WAIT)
  })

  it('goes on from where it was when the connection comes back, without a reload', async () => {
    await open()
    await waitForLive()
    await page.evaluate(() => Object.assign(window, { sameDocument: true }))
    const snapshots = fixture.snapshots()
    fixture.setConnected(false)
    await page.locator('.connection.resuming, .connection.offline').waitFor(WAIT)
    const [id] = [...fixture.world.people.keys()].slice(1)
    fixture.world.discover(id ?? '0x0', { q: 2, r: 40 })
    fixture.world.flush()
    fixture.setConnected(true)
    await expect.poll(connection, WAIT).toBe('live')
    await page.locator('.feed .entry', { hasText: '(2, 40)' }).waitFor(WAIT)
    expect(fixture.resumed()).toBeGreaterThan(0)
    expect(fixture.snapshots()).toBe(snapshots)
    expect(await page.evaluate(() => 'sameDocument' in window)).toBe(true)
    await page.keyboard.press('/')
    await page.locator('dialog input').fill('2, 40')
    await page.keyboard.press('Enter')
    await page
      .locator('.inspector h2', {
        hasText: fixture.world.hexAt(placeOf(2, 40), null)?.biome ?? '?',
      })
      .waitFor(WAIT)
  })

  it('opens what is clicked, puts it into the address, and goes back', async () => {
    await open('?at=0,0&zoom=40')
    await waitForLive()
    await page
      .locator('.map')
      .click({ position: { x: VIEWPORT.width / 2, y: VIEWPORT.height / 2 - 14 } })
    await page.locator('.inspector').waitFor(WAIT)
    expect(page.url()).toMatch(/[?&](hex=0,0|adventurer=0x)/)
    await page.goBack()
    await page.locator('.inspector').waitFor({ ...WAIT, state: 'detached' })
    expect(page.url()).not.toContain('hex=')
  })

  it('tells when and how an adventurer died, and what it carries by name', async () => {
    await open()
    await waitForLive()
    const [id, person] = [...fixture.world.people.entries()][1] ?? ['0x0', {}]
    Object.assign(person, { isAlive: false })
    await page.keyboard.press('/')
    await page.locator('dialog input').fill(id)
    await page.keyboard.press('Enter')
    await page.locator('.inspector .card-title', { hasText: 'MINE_COLLAPSE' }).waitFor(WAIT)
    expect(await page.locator('.inspector .card-title').textContent()).toMatch(
      /died 40 blocks ago.*: MINE_COLLAPSE · at/,
    )
    await page.locator('.items li', { hasText: 'grain' }).waitFor(WAIT)
  })

  it('sends a command and follows it to its end, refused ones with the game’s reason in words', async () => {
    await open()
    await waitForLive()
    const [id, person] = [...fixture.world.people.entries()].find(([, { isAlive }]) => isAlive) ?? [
      '',
      undefined,
    ]
    const target = { q: (person?.place.q ?? 0) + 1, r: person?.place.r ?? 0 }
    if (person !== undefined) Object.assign(person, { energy: 90, effectiveEnergy: 90 })
    await page.keyboard.press('/')
    await page.locator('dialog input').fill(`${target.q}, ${target.r}`)
    await page.keyboard.press('Enter')
    await page.locator('.actor select').selectOption(id)
    const offer = page.locator('.offer', { hasText: 'Move here' })
    await offer.getByRole('button').click()
    await page.locator('.order[data-state="CONFIRMED"]').waitFor(WAIT)
    expect(person?.place).toMatchObject(target)
    if (person !== undefined) Object.assign(person, { energy: 5, effectiveEnergy: 5 })
    await page
      .locator('.inspector .offer', { hasText: 'Discover' })
      .first()
      .getByRole('button')
      .click()
    await page
      .locator('.order[data-state="REFUSED"]', { hasText: 'there is not enough energy' })
      .waitFor(WAIT)
  })

  it('looks at the past when the time bar is drawn back, says so, and returns', async () => {
    await open()
    await waitForLive()
    await page.getByRole('button', { name: 'One block back' }).click()
    await page.locator('.standing.past', { hasText: 'ago' }).waitFor(WAIT)
    expect(page.url()).toContain('block=')
    await page.getByRole('button', { name: 'Return to live' }).click()
    await page.locator('.standing', { hasText: 'Now' }).waitFor(WAIT)
    expect(page.url()).not.toContain('block=')
  })

  it('shows the past once it was read, and says why it is not when that fails', async () => {
    await open()
    await waitForLive()
    let isAway = true
    await page.route('**/graphql', (route) =>
      isAway && route.request().postData()?.includes('query HexesAt')
        ? route.fulfill({ status: 503, body: 'away' })
        : route.continue(),
    )
    await page.getByRole('button', { name: 'One block back' }).click()
    await page.locator('.standing', { hasText: 'cannot be read' }).waitFor(WAIT)
    expect(await page.locator('.standing strong').textContent()).toBe('Now')
    expect(await page.locator('.feed .entry').count()).toBeGreaterThan(0)
    isAway = false
    await page.locator('.standing.past', { hasText: 'As of block' }).waitFor(WAIT)
    expect(await page.locator('.strip .when').textContent()).toBe('now')
    expect(await page.locator('.market h2').textContent()).toContain('now')
  })

  it('shows the present while the block that is asked for is still to come', async () => {
    await open('?block=99999999')
    await page.locator('.standing', { hasText: 'block 99,999,999 is still to come' }).waitFor(WAIT)
    await waitForLive()
    await expect.poll(coloursOfMap, WAIT).toBeGreaterThan(40)
    expect(await page.locator('.standing strong').textContent()).toBe('Now')
    expect(await page.locator('.feed .entry').count()).toBeGreaterThan(0)
  })

  it('asks nothing without a network, says so everywhere, and goes on when there is one', async () => {
    await open()
    await waitForLive()
    const sent: string[] = []
    const said: string[] = []
    page.on('request', (request) => sent.push(request.url()))
    page.on('console', (message) => said.push(message.text()))
    await page.context().setOffline(true)
    await page.locator('.connection.offline').waitFor(WAIT)
    await page.locator('.standing', { hasText: 'Last heard' }).waitFor(WAIT)
    expect(await page.locator('.return').textContent()).toBe('Offline')
    expect(await page.locator('.strip .when').textContent()).toBe('last heard')
    fixture.setConnected(false) // the socket that a browser keeps although it is offline
    fixture.setConnected(true)
    // A second of the page goes by, and another: so often the head is asked for. In the first one, a
    // question may still leave that was on its way.
    const passSeconds = async (seconds: number): Promise<void> => {
      for (let passed = 0; passed < seconds; passed += 1) {
        const age = await page.locator('.figure .age').textContent()
        await expect.poll(() => page.locator('.figure .age').textContent(), WAIT).not.toBe(age)
      }
    }
    await passSeconds(1)
    const before = sent.length
    await passSeconds(3)
    expect(sent.slice(before)).toEqual([])
    await page.context().setOffline(false)
    await expect.poll(connection, WAIT).toBe('live')
    expect(said.filter((text) => text.includes('Chronohex:')).length).toBeLessThanOrEqual(2)
  })

  it('is used by the keyboard: few stops, a link to the map, keys beside the time bar', async () => {
    await open()
    await waitForLive()
    await page.keyboard.press('Tab')
    expect(await page.locator(':focus').textContent()).toBe('Skip to the map')
    await page.keyboard.press('Enter')
    expect(await page.locator(':focus').getAttribute('role')).toBe('application')
    await page.keyboard.press('Enter')
    await page.locator('.inspector').waitFor(WAIT)
    await page.keyboard.press('Escape')
    const stops = () =>
      page.evaluate(
        () =>
          [
            ...document.querySelectorAll<HTMLElement>('a, button, input, select, [tabindex]'),
          ].filter(
            (element) =>
              element.tabIndex >= 0 && element.checkVisibility() && !element.matches(':disabled'),
          ).length,
      )
    expect(await page.locator('.feed .entry button').count()).toBeGreaterThan(40)
    expect(await stops()).toBeLessThan(40)
    await page.locator('.feed .entry button').first().focus()
    await page.keyboard.press('ArrowDown')
    expect(await page.locator('.feed .entry button:focus').count()).toBe(1)
    expect(await page.locator('.feed .entry button').first().getAttribute('tabindex')).toBe('-1')
    await page.locator('.track input').focus()
    await page.keyboard.press('PageDown')
    await page.locator('.standing.past').waitFor(WAIT)
    await page.keyboard.press('l')
    await page.locator('.standing', { hasText: 'Now' }).waitFor(WAIT)
    await page.keyboard.type('/1,0')
    expect(await page.locator('dialog input').inputValue()).toBe('1,0')
    await page.keyboard.press('Enter')
    await page.waitForURL(/[?&]hex=1,0/)
  })

  it('leaves what is selected, pointed at and answered in sight at every width', async () => {
    await open('?at=0,0&zoom=40')
    await waitForLive()
    const boxOf = async (selector: string) => {
      const box = await page.locator(selector).first().boundingBox()
      if (box === null) throw new Error(`${selector} is not to be seen`)
      return { left: box.x, top: box.y, right: box.x + box.width, bottom: box.y + box.height }
    }
    const overlaps = async (one: string, other: string) => {
      const [a, b] = [await boxOf(one), await boxOf(other)]
      return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom
    }
    /** Where the page shows what its address names, by the view that its address holds. */
    const selectedAt = async () => {
      const view = readView(new URL(page.url()).search)
      const size = page.viewportSize() ?? VIEWPORT
      const { center, scale, selection } = view
      const people = [...fixture.world.people.values()]
      const place =
        selection?.kind === 'adventurer'
          ? people.find(({ id }) => id === selection.id)?.place
          : (selection ?? undefined)
      if (center === null || scale === null || place === undefined) return null
      return toScreen({ ...centreOf(center), scale, ...size }, centreOf(place))
    }
    await page.setViewportSize({ width: 1024, height: 768 })
    await page.locator('.map').click({ position: { x: 690, y: 384 } })
    await page.locator('.inspector').waitFor(WAIT)
    const card = await boxOf('.inspector')
    await expect.poll(async () => ((await selectedAt())?.x ?? 1e9) < card.left, WAIT).toBe(true)
    await page.mouse.move(500, 400)
    await page.locator('.readout').waitFor(WAIT)
    for (const panel of ['.inspector', '.feed', '.zoom', '.legend'])
      expect([panel, await overlaps('.readout', panel)]).toEqual([panel, false])
    await page.setViewportSize({ width: 380, height: 800 })
    await page.keyboard.type('/3,3')
    await page.keyboard.press('Enter')
    const sheet = await boxOf('.inspector')
    await expect.poll(async () => ((await selectedAt())?.y ?? 1e9) < sheet.top, WAIT).toBe(true)
    expect((await boxOf('.figure:last-of-type .value')).right).toBeLessThanOrEqual(380)
    await page.setViewportSize({ width: 1440, height: 900 })
    await page.locator('.create input').fill('Newcomer')
    await page.locator('.create button').click()
    await page.locator('.order[data-state="CONFIRMED"]').waitFor(WAIT)
    expect((await boxOf('.order')).bottom).toBeLessThanOrEqual((await boxOf('.dock')).top)
  })

  it('ends the reads of what is no longer looked at without a word', async () => {
    await open()
    await waitForLive()
    await page.keyboard.type('/1,0')
    await page.keyboard.press('Enter')
    // From now on the server has seen which account is the operator's, and both lists are asked for.
    await page.locator('.create input').fill('Newcomer')
    await page.locator('.create button').click()
    await page.locator('.order[data-state="CONFIRMED"]').waitFor(WAIT)
    const gate = Promise.withResolvers<void>()
    await page.route('**/graphql', async (route) => {
      await gate.promise
      await route.continue().catch(() => {}) // the page has ended it
    })
    for (const hex of ['0,1', '1,1', '2,0', '0,0']) {
      await page.keyboard.type(`/${hex}`)
      await page.keyboard.press('Enter')
    }
    for (const key of ['[', '[', 'l', 'Escape']) await page.keyboard.press(key)
    gate.resolve()
    await page.unroute('**/graphql')
    await page.locator('.standing', { hasText: 'Now' }).waitFor(WAIT)
    await waitForLive()
  })

  it('shows what players wrote as text, whatever they wrote', async () => {
    await open()
    await waitForLive()
    const [id] = fixture.world.people.keys()
    fixture.world.move(id ?? '0x0', { q: 1, r: 1 })
    fixture.world.flush()
    await page.locator('.feed .who', { hasText: HOSTILE }).first().waitFor(WAIT)
    expect(await page.locator('#app img').count()).toBe(0)
    expect(await page.evaluate(() => 'owned' in window)).toBe(false)
  })

  it('explains an empty world', async () => {
    await open('', 0)
    await page.getByText('Nobody has seen anything yet').waitFor(WAIT)
  })
})

const placeOf = (q: number, r: number): string =>
  [...fixture.world.hexes.values()].find(
    ({ coordinate }) => coordinate.q === q && coordinate.r === r,
  )?.coordinate.packed ?? ''
