// Every page of the route table, in both languages, both themes and both widths.
import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { operatorIn, signedIn } from './support/demo.mjs'
import { accessible, close, contrast, desktop, meter, origin, overflowing, overlong, phone, visitor } from './support/harness.mjs'
import { addresses } from './support/places.mjs'

const table = await (await fetch(`${origin}/dev/routes`)).json()
const only = process.env.ONLY ?? ''
/** Written for those who build programs, in one language. */
const english = new Set(['/api/docs'])
const pages = table.filter(({ method, path }) => method === 'GET' && path.includes(only))

/** In bytes over the wire, and how many requests. Pictures that tenants upload have a budget of their own. */
const budgets = {
  public: { total: 60_000, script: 15_000, requests: 8 },
  // It tells the page around it how high it is.
  framed: { total: 61_500, script: 16_500, requests: 8 },
  member: { total: 90_000, script: 30_000, requests: 11 },
  // The whole API on one page: it grows with what the product can do.
  reference: { total: 120_000, script: 15_000, requests: 8 },
}

after(close)

describe('every page', { concurrency: 3 }, () => {
  for (const { path, access } of pages) {
    test(`${path} is in order`, async context => {
      const places = await addresses(path)
      if (!places.length) return context.skip('nothing to look at')
      const state = access === 'member' ? await signedIn() : access === 'operator' ? await operatorIn() : undefined
      const isOurs = access !== 'development'
      const flaws = []
      for (const where of places) {
        const url = new URL(where, origin)
        const at = url.search
        if (!(await isDocument(url, state))) return
        for (const lang of english.has(path) || !isOurs ? ['en'] : ['fr', 'en']) {
          if (isOurs && !english.has(path)) url.searchParams.set('lang', lang)
          for (const viewport of [phone, desktop]) {
            for (const flaw of await looked(url, { state, lang, viewport }, isOurs)) flaws.push(`${at} ${lang} ${viewport.width}: ${flaw}`)
          }
        }
      }
      if (flaws.length) assert.fail(`\n${[...new Set(flaws)].join('\n')}`)
    })
  }
})

/** Whether the address answers with a page, not a picture or a calendar. */
async function isDocument(url, state) {
  const context = await visitor({ state })
  const response = await context.request.get(url.href, { maxRedirects: 0 })
  await context.close()
  assert.equal(response.status(), 200, `${url.pathname} leads to ${response.headers().location ?? 'nothing'}`)
  return response.headers()['content-type'].startsWith('text/html')
}

/** In bytes, what a page costs more than it may. */
function beyond({ total, script }, wire) {
  const costs = []
  const weight = wire.total() - wire.images()
  if (weight > total) costs.push(`${weight} bytes: ${wire.list().join(', ')}`)
  if (wire.script() > script) costs.push(`${wire.script()} bytes of script`)
  return costs
}

/** Opens a page; what is wrong with it. */
async function looked(url, options, isOurs) {
  const { lang, viewport, state } = options
  const flaws = []
  const context = await visitor(options)
  try {
    const page = await context.newPage()
    const alone = url.pathname.startsWith('/embed/') ? 'framed' : 'public'
    const budget = budgets[state ? 'member' : english.has(url.pathname) ? 'reference' : alone]
    const load = async () => {
      const wire = await meter(page)
      await page.goto(url.href, { waitUntil: 'load' })
      await page.evaluate(() => document.fonts.ready)
      await page.waitForTimeout(100)
      return wire
    }
    const wire = await load()
    const many = wire => wire.requests() > budget.requests
    if (isOurs) flaws.push(...beyond(budget, wire))
    // A page that follows asks for itself again when another test books at that moment. One that always does is found out.
    if (isOurs && many(wire) && many(await load()) && many(await load())) flaws.push(`${wire.requests()} requests: ${wire.list().join(', ')}`)
    const spoken = await page.locator('html').getAttribute('lang')
    if (isOurs && spoken !== lang) flaws.push(`speaks ${spoken}`)
    let shift = await page.evaluate(() => window.__shift)
    for (let tries = 0; shift > 0.01 && tries < 3; tries++) {
      // On a busy machine the font may come late; what is wrong with a page is wrong with it each time.
      await page.reload({ waitUntil: 'load' })
      await page.evaluate(() => document.fonts.ready)
      shift = await page.evaluate(() => window.__shift)
    }
    if (shift > 0.01) flaws.push(`moves by ${shift.toFixed(4)} while it loads`)
    flaws.push(...(await accessible(page)))
    await page.emulateMedia({ colorScheme: 'dark' })
    const dark = await contrast(page)
    flaws.push(...dark.map(it => `dark: ${it}`))
    if (viewport === phone) await page.setViewportSize({ width: 360, height: 800 })
    flaws.push(...(await overflowing(page)).map(it => `wider than the window: ${it}`))
    const excess = await overlong(page)
    if (excess > 0) flaws.push(`${excess} px longer than the window, beside what scrolls`)
    flaws.push(...(await page.evaluate(() => window.__violations)).map(it => `policy: ${it}`), ...context.faults)
  } finally {
    await context.close()
  }
  return flaws
}
