// One browser for a file of tests; pages in contexts of their own; what must hold of every page.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { chromium } from 'playwright-core'

export const origin = process.env.BASE_URL ?? 'http://127.0.0.1:8080'
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
/** The guidelines. */
export const wcag = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']
const rules = [...wcag, 'best-practice']

export const phone = { width: 390, height: 844 }
export const desktop = { width: 1280, height: 900 }

let launching
export function browser() {
  launching ??= chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--hide-scrollbars', '--force-color-profile=srgb'],
  })
  return launching
}

export async function close() {
  await (await launching)?.close()
}

/**
 * A context as a person's browser: { lang, viewport, scheme, js, state }. Everything that goes wrong in its pages is
 * noted in `context.faults`.
 */
export async function visitor({ lang = 'fr', viewport = phone, scheme = 'light', js = true, state, ...rest } = {}) {
  const context = await (await browser()).newContext({
    baseURL: origin,
    viewport,
    colorScheme: scheme,
    locale: lang === 'fr' ? 'fr-FR' : 'en-GB',
    timezoneId: 'Europe/Paris',
    javaScriptEnabled: js,
    storageState: state,
    reducedMotion: 'reduce',
    ...rest,
  })
  context.setDefaultTimeout(15_000)
  context.faults = []
  context.expected = [] // parts of messages that a test provokes
  const fault = text => {
    if (!context.expected.some(part => text.includes(part))) context.faults.push(text)
  }
  await context.addInitScript(() => {
    window.__shift = 0
    window.__violations = []
    document.addEventListener('securitypolicyviolation', e => __violations.push(`${e.violatedDirective} ${e.blockedURI}`))
    new PerformanceObserver(list => {
      for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.__shift += entry.value
    }).observe({ type: 'layout-shift', buffered: true })
  })
  context.on('page', page => {
    page.on('pageerror', error => fault(`error in ${page.url()}: ${error.message}`))
    page.on('console', message => {
      // A page that is itself a refusal is reported by the browser as one.
      const itself = message.location().url === page.url() && message.text().startsWith('Failed to load resource')
      if (message.type() === 'error' && !itself) fault(`console of ${page.url()}: ${message.text()}`)
    })
    page.on('request', request => {
      const url = request.url()
      if (/^https?:/.test(url) && !url.startsWith(origin)) fault(`${page.url()} asks ${url}`)
    })
  })
  return context
}

/** Runs `act` with a page of a fresh context, then wants it to have been without faults. */
export async function withPage(options, act) {
  const context = await visitor(options)
  const page = await context.newPage()
  try {
    await act(page, context)
    if (options?.js !== false) await noViolations(page)
    assert.deepEqual(context.faults, [])
  } catch (error) {
    const seen = await page.locator('main').innerText({ timeout: 1_000 }).catch(() => 'no page')
    error.stack += `\nat ${page.url()}: ${seen.slice(0, 600)}\n${context.faults.join('\n')}`
    throw error
  } finally {
    await context.close()
  }
}

async function noViolations(page) {
  assert.deepEqual(await page.evaluate(() => window.__violations), [], `Content-Security-Policy of ${page.url()}`)
}

const sessions = new WeakMap()
/** The session of Chromium's own protocol with a page: one alone, since what one has set up ends when another is detached. */
export function protocol(page) {
  if (!sessions.has(page)) sessions.set(page, page.context().newCDPSession(page))
  return sessions.get(page)
}

/** What axe has against the page as it is now: by `only` some rules, or by all with one of `tags`. Goes past the page's policy, which stays as strict as it is. */
export async function accessible(page, only, tags = rules) {
  await (await protocol(page)).send('Runtime.evaluate', { expression: `${axe};0` })
  const options = only ? { runOnly: { type: 'rule', values: only } } : { runOnly: { type: 'tag', values: tags } }
  const found = await page.evaluate(async options => {
    // A theme that has just been switched is drawn with the next frames, and moving colours are neither of the two they
    // move between.
    await new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))
    await Promise.all(
      document.getAnimations().filter(it => it.effect?.getComputedTiming().endTime !== Infinity).map(it => it.finished.catch(() => {})),
    )
    const { violations } = await axe.run(document, { ...options, resultTypes: ['violations'] })
    return violations.map(({ id, nodes }) => `${id}: ${nodes.slice(0, 3).map(node => `${node.target} ${node.any?.[0]?.message ?? ''}`).join(' | ')}`)
  }, options)
  return found
}

/** Texts that can't be read in the theme that is on. */
export async function contrast(page) {
  const found = await accessible(page, ['color-contrast'])
  if (!found.length) return found
  // After a change of theme Chromium now and then draws a link in the old one for a moment.
  await page.waitForTimeout(500)
  return accessible(page, ['color-contrast'])
}

/** What stands out to the right of the window. */
export async function overflowing(page) {
  return page.evaluate(() => {
    const root = document.documentElement
    if (root.scrollWidth <= root.clientWidth) return []
    const wide = [...document.body.querySelectorAll('*')].filter(it => it.getBoundingClientRect().right > root.clientWidth + 1)
    return [`${root.scrollWidth} px of ${root.clientWidth}`, ...wide.slice(-4).map(it => `${it.tagName.toLowerCase()}.${it.getAttribute('class') ?? ''}`)]
  })
}

/**
 * By how many pixels a page whose content scrolls by itself is longer than the window: one would scroll into nothing.
 * A window just made smaller keeps its old height for some frames on a busy machine, so it is asked until it holds.
 */
export async function overlong(page) {
  return page.evaluate(async () => {
    const root = document.documentElement
    if (!document.querySelector('main.page')) return 0
    const excess = () => Math.max(0, root.scrollHeight - root.clientHeight)
    const until = performance.now() + 3000
    while (excess() > 0 && performance.now() < until) await new Promise(requestAnimationFrame)
    return excess()
  })
}

/** Counts what a page costs over the wire, from before it is asked for. */
export async function meter(page) {
  const session = await page.context().newCDPSession(page)
  const seen = new Map()
  await session.send('Network.enable')
  session.on('Network.requestWillBeSent', ({ requestId, request, type }) => {
    if (request.url.startsWith('http')) seen.set(requestId, { url: request.url, type, bytes: 0 })
  })
  session.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    if (seen.has(requestId)) seen.get(requestId).bytes = encodedDataLength
  })
  return {
    total: () => [...seen.values()].reduce((sum, { bytes }) => sum + bytes, 0),
    script: () => [...seen.values()].filter(({ type }) => type === 'Script').reduce((sum, { bytes }) => sum + bytes, 0),
    images: () => [...seen.values()].filter(({ url }) => url.includes('/media/')).reduce((sum, { bytes }) => sum + bytes, 0),
    requests: () => [...seen.values()].filter(({ url }) => !url.includes('/media/')).length,
    list: () => [...seen.values()].map(({ url, bytes }) => `${bytes} ${url.replace(origin, '')}`),
  }
}

/** Runs `act` over all `items`, so many at a time. */
export async function each(items, at_once, act) {
  const queue = [...items]
  await Promise.all(Array.from({ length: at_once }, async () => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) await act(item)
  }))
}
