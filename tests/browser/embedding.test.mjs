// The booking pages in a frame on another site, which a small server here plays: booked to the end, in the page and in a
// dialog, by keyboard; shown nowhere else.
import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { after, before, describe, test } from 'node:test'
import { api, free, owner, salon, signedIn, token } from './support/demo.mjs'
import { accessible, close, desktop, origin, phone, withPage } from './support/harness.mjs'

/** The site around the frame: `/?…` says with which attributes the script stands there. */
const site = createServer((request, response) => {
  const given = [...new URL(request.url, 'http://site').searchParams]
  const attributes = given.filter(([name]) => name.startsWith('data-')).map(([name, value]) => ` ${name}="${value}"`).join('')
  const lang = given.find(([name]) => name === 'lang')?.[1] ?? 'en'
  response.setHeader('Content-Type', 'text/html; charset=utf-8')
  // Styles of a page that means only its own: none of them gets into the frame's surroundings.
  response.end(`<!doctype html><html lang="${lang}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Shop</title><link rel="icon" href="data:,">
    <style>body { margin: 0 auto; max-width: 60rem; padding: 1rem; font-family: serif } iframe { width: 50px } button { font-size: 5px }</style></head>
    <body><main><h1>Shop</h1><p>Come and see us.</p>
    <script src="${origin}/embed.js" data-tenant="${salon}"${attributes} async></script>
    <noscript><a href="${origin}/${salon}/book">Book an appointment</a></noscript><p id="after">Thank you.</p></main></body></html>`)
})

let bearer
const allow = origins => api('/embedding', { method: 'PUT', token: bearer, body: { origins } })
/** By two names it is two origins: one that may show the frame, and one that may not. */
let allowed, forbidden
/** Whether cookies get into a frame must not matter. */
const shop = { lang: 'en', viewport: desktop }

before(async () => {
  await new Promise(done => site.listen(0, done))
  const { port } = site.address()
  allowed = `http://localhost:${port}`
  forbidden = `http://127.0.0.1:${port}`
  bearer = await token(owner)
  await allow([allowed])
})
after(async () => {
  await allow([])
  site.close()
  await close()
})

let counter = 0
const someone = () => ({ name: 'Zoé Durand', email: `zoe-${process.pid}-e${++counter}@example.org` })

/** Opens the page of the site; its frame, once it is there. */
async function open(page, context, question = '', at = allowed) {
  context.expected.push(`asks ${at}`)
  await page.addInitScript(() => {
    window.told = []
    window.heard = []
    document.addEventListener('harmony:booked', event => told.push(event.detail))
    addEventListener('message', event => heard.push(event.data))
  })
  await page.goto(`${at}/${question}`)
  return page.frameLocator('iframe')
}

const submit = frame => frame.locator('.btn-primary[form=details]:visible').first()

/** A click while the frame gets its height may land beside what it was meant for: until `next` is there, once more. */
async function press(page, frame, what, next) {
  for (let tries = 0; tries < 5 && !(await next.isVisible()); tries++) {
    await fits(page, frame)
    await what.click({ timeout: 5_000 }).catch(() => {})
    await next.waitFor({ timeout: 5_000 }).catch(() => {})
  }
  await next.waitFor()
}

/** The page of its own that a link in the frame opens; such a click, too, may land beside it. */
async function opens(page, context, frame, what) {
  const opened = context.waitForEvent('page', { timeout: 30_000 })
  let open = false
  opened.then(() => (open = true), () => {})
  for (let tries = 0; tries < 5 && !open; tries++) {
    await fits(page, frame)
    await what.click({ timeout: 5_000 }).catch(() => {})
    await Promise.race([opened.catch(() => {}), page.waitForTimeout(4_000)])
  }
  return opened
}

/** From the services to the form, on a day of the test's own. */
async function choose(page, frame, day) {
  const heading = name => frame.getByRole('heading', { name, level: 1 })
  await heading('Choose a service').waitFor()
  await press(page, frame, frame.locator('a.svc').first(), heading('With whom?'))
  await press(page, frame, frame.getByRole('link', { name: /No preference/ }), heading('Choose a time'))
  const link = frame.locator('a.day').nth(-day)
  const id = await link.getAttribute('id')
  await press(page, frame, link, frame.locator(`#${id}[aria-current]`))
  await press(page, frame, frame.locator('a.slot').nth(3), heading('Your details'))
}

/** The frame is as high as what is in it, or will be in a moment. */
async function fits(page, frame) {
  for (let tries = 0; tries < 50; tries++) {
    const inside = await frame.locator('html').evaluate(it => Math.ceil(it.getBoundingClientRect().height))
    const outside = (await page.locator('iframe').boundingBox()).height
    if (Math.abs(inside - outside) <= 1) return outside
    await page.waitForTimeout(100)
  }
  assert.fail('the frame is not as high as what is in it')
}

describe('a frame on another site', () => {
  for (const [how, viewport, day] of [['on a desk', desktop, 11], ['on a phone', phone, 12]]) {
    test(`books to the end ${how}`, () => withPage({ ...shop, viewport }, async (page, context) => {
      const { name, email } = someone()
      const frame = await open(page, context)
      await frame.getByRole('heading', { name: 'Choose a service' }).waitFor()
      const heights = [await fits(page, frame)]
      assert.ok(await page.locator('iframe').getAttribute('title'))
      assert.ok((await page.locator('iframe').boundingBox()).width > 300, 'the style of the site got in')
      assert.equal(await frame.locator('.p-brand').count(), 0)
      await choose(page, frame, day)
      heights.push(await fits(page, frame))
      const top = await page.locator('iframe').evaluate(it => it.getBoundingClientRect().top)
      assert.ok(top >= -1 && top < viewport.height, `the step begins at ${top}`)
      await frame.locator('[name=name]').fill(name)
      await frame.locator('[name=email]').fill(email)
      await submit(frame).click()
      await frame.getByRole('heading', { name: 'It’s booked, Zoé' }).waitFor()
      heights.push(await fits(page, frame))
      assert.equal(new Set(heights).size, 3, `${heights}`)
      assert.deepEqual(await page.evaluate(() => told), [{ tenant: salon }])
      // What the site hears says nothing of whoever booked.
      const heard = await page.evaluate(() => heard)
      assert.deepEqual([...new Set(heard.flatMap(Object.keys))].sort(), ['harmony', 'height'])
      assert.ok(heard.every(({ harmony, height }) => ['page', 'height', 'booked'].includes(harmony) && (height === undefined || Number.isInteger(height))))
      const [customer] = (await api(`/customers?q=${encodeURIComponent(email)}`, { token: bearer })).data
      assert.equal(customer.name, name)
      // What is done with it is done on a page of its own.
      const outside = await opens(page, context, frame, frame.getByRole('link', { name: 'Move', exact: true }))
      await outside.getByRole('heading', { name: /another time|Move/i }).first().waitFor()
      assert.match(outside.url(), new RegExp(`^${origin}/manage/[^/]+/move$`))
      await outside.close()
      await frame.getByRole('link', { name: 'Book again' }).click()
      await frame.getByRole('heading', { name: 'Choose a service' }).or(frame.getByRole('heading', { name: 'Choose a time' })).first().waitFor()
      assert.deepEqual((await context.cookies()).filter(({ name }) => ['lang', 'timezone'].includes(name)), [])
    }))
  }

  test('lets a deposit be paid outside, and knows it afterwards', () => withPage(shop, async (page, context) => {
    const { service, start, staff_ids } = (await free('Balayage')).at(-3)
    const { name, email } = someone()
    await open(page, context, `?data-service=${service.id}`)
    const frame = page.frames()[1]
    await frame.waitForURL('**/embed/**')
    await frame.goto(`/embed/${salon}/book/details?${new URLSearchParams({ service_id: service.id, staff_id: staff_ids[0], start, lang: 'en' })}`)
    await frame.locator('[name=name]').fill(name)
    await frame.locator('[name=email]').fill(email)
    await submit(frame).click()
    await frame.waitForURL('**/manage/**')
    assert.deepEqual(await page.evaluate(() => told), [])
    const checkout = await opens(page, context, frame, frame.locator('.acts a[href$="/checkout"]'))
    await checkout.locator('form[action$="/checkout"] button').click()
    await checkout.waitForURL('**done=1')
    await checkout.close()
    // Every tab of a browser that is tested is in sight, so it is told that somebody came back.
    await frame.evaluate(() => document.dispatchEvent(new Event('visibilitychange')))
    await frame.getByRole('heading', { name: 'It’s booked, Zoé' }).waitFor()
    await page.waitForFunction(() => told.length === 1)
  }))

  test('speaks the language of the site, and another one when it is asked to', () => withPage(shop, async (page, context) => {
    const frame = await open(page, context, '?lang=fr')
    await frame.locator('html[lang=fr]').waitFor()
    assert.equal(await page.locator('iframe').getAttribute('title'), 'Prendre rendez-vous')
    await frame.locator('a.lang').click()
    await frame.locator('html[lang=en]').waitFor()
    const follow = (what, next) => press(page, frame, what, next)
    const heading = name => frame.getByRole('heading', { name, level: 1 })
    await follow(frame.locator('a.svc').first(), heading('With whom?'))
    await follow(frame.getByRole('link', { name: /No preference/ }), heading('Choose a time'))
    await follow(frame.locator('.tz-own a'), frame.locator('#timezone'))
    await frame.locator('#timezone').selectOption('Asia/Tokyo')
    await follow(frame.locator('#zone button'), frame.getByText(/Tokyo/).first())
    const last = frame.locator('a.day').last()
    await follow(last, frame.locator(`#${await last.getAttribute('id')}[aria-current]`))
    await follow(frame.locator('a.slot').first(), heading('Your details'))
    assert.match(await frame.locator('.chosen').innerText(), /Tokyo/)
  }))

  test('shows the times of a service, in the dark where the site can be dark', () => withPage({ ...shop, scheme: 'dark' }, async (page, context) => {
    const [service] = (await api(`/public/${salon}/services`)).data
    const scheme = frame => frame.locator('body').evaluate(it => getComputedStyle(it).colorScheme + getComputedStyle(it).backgroundColor)
    let frame = await open(page, context, `?data-service=${service.id}`)
    await frame.getByRole('heading', { name: 'Choose a time' }).waitFor()
    const light = await scheme(frame)
    frame = await open(page, context, `?data-service=${service.id}&data-theme=auto`)
    await frame.getByRole('heading', { name: 'Choose a time' }).waitFor()
    assert.notEqual(await scheme(frame), light)
  }))

  test('is empty where the tenant did not name the site, and a link stands there', () => withPage(shop, async (page, context) => {
    context.expected.push('frame-ancestors', 'refused to connect', 'Framing')
    await open(page, context, '', forbidden)
    await page.getByRole('link', { name: 'Book an appointment' }).waitFor()
    const [, inside] = page.frames()
    assert.ok(!inside.url().startsWith(origin), inside.url())
    assert.deepEqual(await page.evaluate(() => heard), [])
    const [outside] = await Promise.all([context.waitForEvent('page'), page.getByRole('link', { name: 'Book an appointment' }).click()])
    await outside.getByRole('heading', { name: 'Choose a service' }).waitFor()
  }))

  test('is a link without a script', () => withPage({ ...shop, js: false }, async (page, context) => {
    context.expected.push(`asks ${allowed}`)
    await page.goto(`${allowed}/`)
    await page.getByRole('link', { name: 'Book an appointment' }).click()
    await page.getByRole('heading', { name: 'Choose a service' }).waitFor()
  }))

  for (const viewport of [desktop, phone]) {
    test(`opens in a dialog and books there by keyboard alone, ${viewport.width} wide`, () => withPage({ ...shop, viewport }, async (page, context) => {
      const frame = await open(page, context, '?data-mode=button&data-label=Rendez-vous')
      const button = page.getByRole('button', { name: 'Rendez-vous' })
      await button.waitFor()
      assert.equal(await page.locator('iframe').count() && await page.locator('iframe').getAttribute('src'), null, 'it is not asked for before it is wanted')
      await page.keyboard.press('Tab')
      assert.ok(await button.evaluate(it => it.matches(':focus')))
      await page.keyboard.press('Enter')
      const dialog = page.getByRole('dialog', { name: 'Book an appointment' })
      await dialog.waitFor()
      await frame.getByRole('heading', { name: 'Choose a service' }).waitFor()
      assert.deepEqual(await accessible(page), [])
      // Escape on the close button, and in the frame.
      await page.keyboard.press('Escape')
      await dialog.waitFor({ state: 'hidden' })
      assert.ok(await button.evaluate(it => it.matches(':focus')), 'the focus is lost')
      await page.keyboard.press('Enter')
      await frame.getByRole('heading', { name: 'Choose a service' }).waitFor()
      await frame.locator('a.svc').first().focus()
      await page.keyboard.press('Escape')
      await dialog.waitFor({ state: 'hidden' })
      assert.ok(await button.evaluate(it => it.matches(':focus')), 'the focus is lost')
      await page.keyboard.press('Enter')
      const follow = async (selector, heading) => {
        await frame.locator(selector).first().focus()
        await page.keyboard.press('Enter')
        await frame.getByRole('heading', { name: heading }).first().waitFor()
      }
      await follow('a.svc', 'With whom?')
      await follow('a.svc', 'Choose a time')
      await follow('a.slot', 'Your details')
      await frame.locator('[name=name]').focus()
      await page.keyboard.type('Zoé Durand')
      await frame.locator('[name=email]').focus()
      await page.keyboard.type(someone().email)
      await page.keyboard.press('Enter')
      await frame.getByRole('heading', { name: 'It’s booked, Zoé' }).waitFor()
      assert.deepEqual(await page.evaluate(() => told), [{ tenant: salon }])
      await page.getByRole('button', { name: 'Close' }).click()
      await dialog.waitFor({ state: 'hidden' })
      await button.click()
      await frame.getByRole('heading', { name: 'Choose a service' }).waitFor()
    }))
  }
})

describe('the settings', () => {
  test('show the frame as it is and copy its code', async () => withPage({ ...shop, state: await signedIn() }, async (page, context) => {
    await context.grantPermissions(['clipboard-read', 'clipboard-write'])
    await page.goto('/app/settings/embedding?lang=en')
    await page.getByText('Preview', { exact: true }).click()
    await page.locator('iframe').scrollIntoViewIfNeeded()
    await page.frameLocator('iframe').getByRole('heading', { name: 'Choose a service' }).waitFor()
    await page.getByLabel('How it is shown').selectOption('button')
    await page.getByRole('button', { name: 'Show the code' }).click()
    await page.waitForURL('**mode=button**')
    await page.getByRole('button', { name: 'Copy the code' }).click()
    const copied = await page.evaluate(() => navigator.clipboard.readText())
    assert.match(copied, new RegExp(`^<script src="${origin}/embed.js" data-tenant="${salon}" data-mode="button" async></script>\n<noscript>`))
  }))
})
