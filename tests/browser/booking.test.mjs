// A customer's whole way: book in four steps, find the mail, move, cancel. With a script, without one, by keyboard alone.
import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { api, mail, salon, token } from './support/demo.mjs'
import { accessible, close, desktop, origin, phone, withPage } from './support/harness.mjs'

after(close)

let counter = 0
const someone = () => ({ name: 'Zoé Durand', email: `zoe-${process.pid}-b${++counter}@example.org` })

/** The button that sends the form: it stands beside the form on a wide page and below it on a narrow one. */
const submit = page => page.locator('.btn-primary[form=details]:visible').first()

/** Of the days with room, the one so far from the last. */
async function takeDay(page, day) {
  const link = page.locator('a.day').nth(-day)
  const id = await link.getAttribute('id')
  await link.click()
  await page.locator(`#${id}[aria-current]`).waitFor()
}

/**
 * From the salon's page to the one that asks for a name. Every test takes a day of its own, some weeks
 * ahead. */
async function choose(page, { day }) {
  await page.goto(`/${salon}?lang=en`)
  await page.getByRole('link', { name: 'Book an appointment' }).locator('visible=true').first().click()
  await page.getByRole('heading', { name: 'Choose a service' }).waitFor()
  await page.locator('a.svc').first().click()
  await page.getByRole('heading', { name: 'With whom?' }).waitFor()
  await page.getByRole('link', { name: /No preference/ }).click()
  await page.getByRole('heading', { name: 'Choose a time' }).waitFor()
  await takeDay(page, day)
  await page.locator('a.slot').nth(2).click()
  await page.getByRole('heading', { name: 'Your details', level: 1 }).waitFor()
}

const price = async page => (await page.locator('.summary, .bar').locator('visible=true').first().innerText()).match(/€\s?\d+/)?.[0]

describe('a customer', { concurrency: 2 }, () => {
  for (const [how, js, viewport, day] of [
    ['with a script, on a phone', true, phone, 1],
    ['without any script, on a phone', false, phone, 2],
    ['with a script, on a desk', true, desktop, 3],
  ]) {
    test(`books, moves and cancels ${how}`, () => withPage({ lang: 'en', js, viewport }, async (page, context) => {
      const { name, email } = someone()
      await choose(page, { day })
      assert.ok(await price(page), 'the summary hides the price')
      await page.fill('[name=name]', name)
      await page.fill('[name=email]', email)
      await Promise.all([page.waitForURL('**/manage/**'), submit(page).click()])
      await page.getByRole('heading', { name: 'It’s booked, Zoé' }).waitFor()

      const invitation = await context.request.get(await page.getByRole('link', { name: 'Add to my calendar' }).getAttribute('href'))
      assert.match(await invitation.text(), /^BEGIN:VCALENDAR\r\n/)

      const { links } = await mail(email)
      await page.goto(links.find(url => url.startsWith(`${origin}/manage/`)))
      await page.getByRole('heading', { name: 'Your appointment is confirmed' }).waitFor()
      const before = await page.locator('.ticket h2').innerText()
      await page.getByRole('link', { name: 'Move', exact: true }).click()
      await takeDay(page, day)
      await page.locator('a.slot').last().click()
      await page.getByRole('heading', { name: 'Confirm the new time' }).waitFor()
      await page.getByRole('button', { name: 'Move the appointment' }).click()
      await page.getByRole('heading', { name: 'Your appointment has been moved' }).waitFor()
      assert.notEqual(await page.locator('.ticket h2').innerText(), before)

      await page.getByRole('link', { name: 'Cancel', exact: true }).click()
      await page.getByRole('button', { name: 'Cancel the appointment' }).click()
      await page.getByRole('heading', { name: 'Your appointment is cancelled' }).waitFor()
    }))
  }

  test('each of those who are free the soonest can be booked at that time', () => withPage({ lang: 'en', viewport: phone }, async page => {
    await page.goto(`/${salon}/book?lang=en`)
    await page.locator('a.svc').first().click()
    await page.getByRole('link', { name: /No preference/ }).click()
    await page.getByRole('heading', { name: 'Choose a time' }).waitFor()
    const links = await page.locator('.soon a').evaluateAll(links => links.map(link => [link.href, link.innerText.replace(/\s+/g, ' ')]))
    assert.ok(links.length >= 2, 'a team has several who are free')
    const starts = links.map(([href]) => Date.parse(new URL(href).searchParams.get('start')))
    assert.deepEqual(starts, starts.toSorted((one, other) => one - other))
    assert.equal(new Set(links.map(([href]) => new URL(href).searchParams.get('staff_id'))).size, links.length)
    for (const [index, [href, told]] of links.entries()) {
      const { name, email } = someone()
      await page.goto(href)
      await page.fill('[name=name]', name)
      await page.fill('[name=email]', email)
      await Promise.all([page.waitForURL('**/manage/**'), submit(page).click()])
      await page.getByRole('heading', { name: 'It’s booked, Zoé' }).waitFor()
      const clock = new Intl.DateTimeFormat('en-GB', { timeZone: 'Europe/Paris', hour: '2-digit', minute: '2-digit' }).format(starts[index])
      const ticket = await page.locator('.ticket').innerText()
      assert.ok(told.includes(clock) && ticket.includes(clock), `${told}: ${ticket}`)
    }
  }))

  for (const [how, js, day] of [['with', true, 6], ['without', false, 7]]) {
    test(`books several services ${how} a script`, () => withPage({ lang: 'en', js, viewport: phone }, async page => {
      const { name, email } = someone()
      await page.goto(`/${salon}/book?lang=en`)
      await page.locator('a.svc').first().click()
      await page.getByRole('link', { name: /No preference/ }).click()
      await page.getByText('Add another service').click()
      const added = page.locator('.basket-more a.svc').nth(1)
      const service = await added.locator('.svc-n').innerText()
      await added.click()
      await page.getByRole('heading', { name: 'Your visit' }).waitFor()
      assert.equal(await page.locator('.basket li').count(), 2)
      // It looks with scripts.
      if (js) await accessible(page)
      // Taken away and added again.
      await page.getByRole('link', { name: `Remove ${service}` }).click()
      await page.getByRole('heading', { name: 'Your visit' }).waitFor({ state: 'detached' })
      await page.getByText('Add another service').click()
      await page.locator('.basket-more a.svc', { hasText: service }).first().click()
      await takeDay(page, day)
      await page.locator('a.slot').first().click()
      await page.fill('[name=name]', name)
      await page.fill('[name=email]', email)
      await Promise.all([page.waitForURL('**/manage/**'), submit(page).click()])
      await page.getByRole('heading', { name: 'It’s booked, Zoé' }).waitFor()
      assert.match(await page.locator('.ticket').innerText(), new RegExp(service))
      assert.equal(await page.locator('.ticket .sum-items li').count(), 2)
    }))
  }

  for (const js of [true, false]) {
    test(`loses nothing when a form is refused ${js ? 'with' : 'without'} a script`, () => withPage({ lang: 'en', js }, async page => {
      await choose(page, { day: 5 })
      await page.fill('[name=name]', 'Zoé Durand')
      await page.fill('[name=email]', 'zoe at example')
      await page.fill('[name=note]', 'Deuxième étage, « Durand »')
      await submit(page).click()
      const errors = page.locator('#errors')
      await errors.waitFor()
      assert.equal(await page.evaluate(() => document.activeElement.id), 'errors')
      assert.equal(await page.locator('[name=name]').inputValue(), 'Zoé Durand')
      assert.equal(await page.locator('[name=email]').inputValue(), 'zoe at example')
      assert.equal(await page.locator('[name=note]').inputValue(), 'Deuxième étage, « Durand »')
      const field = page.locator('[name=email]')
      assert.equal(await field.getAttribute('aria-invalid'), 'true')
      const told = (await field.getAttribute('aria-describedby')).split(' ')[0]
      assert.ok((await page.locator(`#${told}`).innerText()).length > 10)
      await errors.getByRole('link').first().click()
      assert.equal(await page.evaluate(() => document.activeElement.name), 'email')
      if (js) assert.deepEqual(await accessible(page), [])
    }))
  }

  for (const js of [true, false]) {
    const how = js ? 'with' : 'without'
    test(`keeps what was typed when the language changes ${how} a script`, () => withPage({ lang: 'en', js }, async page => {
      const typed = { name: 'Zoé Durand', email: someone().email, phone: '+33 6 12 34 56 78', note: 'Deuxième étage, « Durand »' }
      await choose(page, { day: 6 })
      for (const [name, text] of Object.entries(typed)) await page.fill(`[name=${name}]`, text)
      for (const lang of ['fr', 'en']) {
        await page.locator('button.lang').click()
        await page.locator(`html[lang=${lang}]`).waitFor()
        for (const [name, text] of Object.entries(typed)) assert.equal(await page.locator(`[name=${name}]`).inputValue(), text)
        assert.equal(await page.locator('#errors, .alert-bad').count(), 0, 'nothing was sent, so nothing is wrong')
      }
      await submit(page).click()
      await page.waitForURL('**/manage/**')
      await page.getByRole('heading', { name: 'It’s booked, Zoé' }).waitFor()
    }))

    test(`sends the form by Enter ${how} a script`, () => withPage({ lang: 'en', js }, async page => {
      await choose(page, { day: 7 })
      await page.fill('[name=name]', 'Zoé Durand')
      await page.fill('[name=email]', 'zoe at example')
      await page.press('[name=name]', 'Enter')
      await page.locator('#errors').waitFor()
      assert.equal(await page.locator('html').getAttribute('lang'), 'en')
      await page.fill('[name=email]', someone().email)
      await page.press('[name=email]', 'Enter')
      await page.getByRole('heading', { name: 'It’s booked, Zoé' }).waitFor()
    }))

    test(`books once by a double click ${how} a script`, () => withPage({ lang: 'en', js }, async page => {
      const { name, email } = someone()
      let sent = 0
      page.on('request', request => request.method() === 'POST' && sent++)
      await choose(page, { day: 8 })
      await page.fill('[name=name]', name)
      await page.fill('[name=email]', email)
      if (js) {
        // The answer takes longer than the second click, which a browser alone would send too.
        await page.route('**/book', async route => {
          await new Promise(done => setTimeout(done, 1_000))
          await route.continue().catch(() => {})
        })
        await submit(page).evaluate(button => {
          button.click()
          setTimeout(() => button.click(), 300)
        })
      } else {
        await submit(page).dblclick()
      }
      await page.getByRole('heading', { name: 'It’s booked, Zoé' }).waitFor()
      if (js) assert.equal(sent, 1)
      const bearer = await token()
      const [customer] = (await api(`/customers?q=${encodeURIComponent(email)}`, { token: bearer })).data
      const bookings = (await api(`/bookings?customer_id=${customer.id}`, { token: bearer })).data
      assert.equal(bookings.length, 1)
    }))
  }

  test('whose time is taken meanwhile is offered others and keeps what was typed', () => withPage({ lang: 'en' }, async page => {
    await choose(page, { day: 4 })
    const form = await page.locator('form#details').evaluate(it => Object.fromEntries(new FormData(it)))
    // Everybody who could take it is taken.
    for (let more = true; more;) {
      const response = await fetch(`${origin}/api/v1/public/${salon}/bookings`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ service_id: form.service_id, start: form.start, customer: { name: 'Eve', email: someone().email } }),
      })
      more = response.ok
    }
    await page.fill('[name=name]', 'Zoé Durand')
    await page.fill('[name=email]', someone().email)
    await submit(page).click()
    await page.getByText('This time has just been taken').first().waitFor()
    assert.equal(await page.locator('[name=name]').inputValue(), 'Zoé Durand')
    assert.deepEqual(await accessible(page), [])
    await page.locator('label.slot').first().click()
    await submit(page).click()
    await page.getByRole('heading', { name: 'It’s booked, Zoé' }).waitFor()
  }))

  test('books by keyboard alone', () => withPage({ lang: 'en', viewport: desktop }, async page => {
    const tabTo = async selector => {
      for (let presses = 0; presses < 150; presses++) {
        await page.keyboard.press('Tab')
        const state = await page.evaluate(selector => {
          const it = document.activeElement
          const box = it.getBoundingClientRect()
          return { there: it.matches(selector), seen: it === document.body || (box.bottom > 0 && box.top < innerHeight) }
        }, selector)
        if (state.there) {
          assert.ok(state.seen, `${selector} has the focus out of sight`)
          return
        }
      }
      assert.fail(`no way by Tab to ${selector} on ${page.url()}`)
    }
    const follow = async (selector, heading) => {
      await tabTo(selector)
      await page.keyboard.press('Enter')
      await page.getByRole('heading', heading).first().waitFor()
    }
    await page.goto(`/${salon}?lang=en`)
    await follow('.cover-go a, .bar a', { name: 'Choose a service' })
    await follow('a.svc', { name: 'With whom?' })
    await follow('a.svc', { name: 'Choose a time' })
    await follow('a.slot', { name: 'Your details' })
    await tabTo('[name=name]')
    await page.keyboard.type('Zoé Durand')
    await tabTo('[name=email]')
    await page.keyboard.type(someone().email)
    await follow('.btn-primary[form=details]', { name: 'It’s booked, Zoé' })
  }))

  test('who asks for what is not there stays at the salon', () => withPage({ lang: 'fr' }, async page => {
    const response = await page.goto(`/${salon}/nulle-part`)
    assert.equal(response.status(), 404)
    assert.match(await page.title(), /Maison Camille/)
    assert.equal(await page.locator('html').getAttribute('lang'), 'fr')
    const accent = () => page.evaluate(() => getComputedStyle(document.documentElement).getPropertyValue('--accent'))
    const color = await accent()
    assert.deepEqual(await accessible(page), [])
    await page.locator(`main a[href="/${salon}"]`).click()
    await page.waitForURL(`**/${salon}`)
    await page.goto('/login')
    assert.notEqual(color, await accent(), 'the page has the colour of the tenant')
  }))
})
