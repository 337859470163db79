// Every page of the route table, in both languages, both themes and both widths.
import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { signedIn } from './support/demo.mjs'
import { accessible, close, desktop, meter, origin, overflowing, phone, visitor } from './support/harness.mjs'
import { address } from './support/places.mjs'

const table = await (await fetch(`${origin}/dev/routes`)).json()
const only = process.env.ONLY ?? ''
const pages = table.filter(({ method, path }) => method === 'GET' && path.includes(only))

/** In bytes over the wire, and how many requests. Pictures that tenants upload have a budget of their own. */
const budgets = {
  public: { total: 60_000, script: 15_000, requests: 8 },
  member: { total: 90_000, script: 30_000, requests: 10 },
}

after(close)

describe('every page', { concurrency: 3 }, () => {
  for (const { path, access } of pages) {
    test(`${path} is in order`, async context => {
      const where = await address(path)
      if (where === null) return context.skip('nothing to look at')
      const state = access === 'member' ? await signedIn() : undefined
      const flaws = []
      const isDocument = await looked(where, { state, lang: 'fr', viewport: phone, isDevelopment: access === 'development' }, flaws)
      if (isDocument) {
        for (const [lang, viewport] of [['fr', desktop], ['en', phone], ['en', desktop]]) {
          await looked(where, { state, lang, viewport, isDevelopment: access === 'development' }, flaws)
        }
      }
      assert.deepEqual(flaws, [])
    })
  }
})

/** Opens a page and adds what is wrong with it to `flaws`. False if it is no document, which is then only fetched. */
async function looked(where, options, flaws) {
  const { lang, viewport, state, isDevelopment } = options
  const say = text => flaws.push(`${lang} ${viewport.width}: ${text}`)
  const context = await visitor(options)
  try {
    const url = new URL(where, origin)
    if (!isDevelopment) url.searchParams.set('lang', lang)
    const head = await context.request.fetch(url.href)
    if (head.status() !== 200) say(`status ${head.status()}`)
    if (!head.headers()['content-type']?.startsWith('text/html')) return false

    const page = await context.newPage()
    const wire = await meter(page)
    await page.goto(url.href, { waitUntil: 'load' })
    await page.evaluate(() => document.fonts.ready)
    await page.waitForTimeout(100)
    if (!isDevelopment) {
      assert.equal(new URL(page.url()).pathname, url.pathname, 'leads elsewhere')
      const spoken = await page.locator('html').getAttribute('lang')
      if (spoken !== lang) say(`speaks ${spoken}`)
      const { total, script, requests } = budgets[state ? 'member' : 'public']
      if (wire.total() - wire.images() > total) say(`${wire.total() - wire.images()} bytes: ${wire.list().join(', ')}`)
      if (wire.script() > script) say(`${wire.script()} bytes of script`)
      if (wire.requests() > requests) say(`${wire.requests()} requests: ${wire.list().join(', ')}`)
    }
    const shift = await page.evaluate(() => window.__shift)
    if (shift > 0.01) say(`moves by ${shift.toFixed(4)} while it loads`)
    for (const it of await accessible(page)) say(it)
    await page.emulateMedia({ colorScheme: 'dark' })
    for (const it of await accessible(page, ['color-contrast', 'target-size'])) say(`dark: ${it}`)
    if (viewport === phone) {
      await page.setViewportSize({ width: 360, height: 800 })
    }
    for (const it of await overflowing(page)) say(`wider than the window: ${it}`)
    for (const it of await page.evaluate(() => window.__violations)) say(`policy: ${it}`)
    for (const it of context.faults) say(it)
    return true
  } finally {
    await context.close()
  }
}
