// The calendar at the desk: bookings put elsewhere with a pointer, with keys and by forms; its week, month and list.
import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { api, book, free, mail, signedIn, token as signIn } from './support/demo.mjs'
import { accessible, close, desktop, phone, withPage } from './support/harness.mjs'

after(close)

let signing
const token = () => (signing ??= signIn())

const week = 7 * 86_400_000
let weeks = 20
/** A Wednesday far ahead, in a week in which nobody comes yet. */
async function freshDay() {
  const now = new Date()
  const wednesday = now.getTime() + (3 - now.getUTCDay()) * 86_400_000
  for (;;) {
    const date = new Date(wednesday + ++weeks * week).toISOString().slice(0, 10)
    const to = new Date(Date.parse(date) + 3 * 86_400_000).toISOString()
    const { data } = await api(`/bookings?from=${date}T00:00:00Z&to=${to}&limit=1`, { token: await token() })
    if (!data.length) return date
  }
}

/** The team, and a booking at a time of the first of them. */
async function atDesk(date, ...bookings) {
  const signed = await token()
  const staff = (await api('/staff', { token: signed })).data
  const service = (await api('/services', { token: signed })).data.find(it => it.name === 'Coupe et brushing')
  const made = []
  for (const [name, time, of = 0] of bookings) {
    // In winter; Paris is an hour ahead, in summer two.
    const utc = new Date(`${date}T${time}:00Z`)
    const ahead = Number(new Intl.DateTimeFormat('en-GB', { timeZone: 'Europe/Paris', hour: '2-digit', hourCycle: 'h23' }).format(utc)) - utc.getUTCHours()
    const start = new Date(utc.getTime() - ahead * 3_600_000).toISOString()
    const customer = { name, email: `${name.toLowerCase()}-${date}-${process.pid}@example.org` }
    made.push(await api('/bookings', { method: 'POST', token: signed, body: { service_id: service.id, staff_id: staff[of].id, start, customer, outside_hours: true } }))
  }
  const look = id => api(`/bookings/${id}`, { token: signed })
  const local = at => new Date(at).toLocaleTimeString('en-GB', { timeZone: 'Europe/Paris', hour: '2-digit', minute: '2-digit' })
  const when = async id => {
    const { start, end, staff: { name } } = await look(id)
    return `${local(start)}–${local(end)} ${name}`
  }
  return { staff, made, when }
}

const event = (page, id) => page.locator(`#ev-${id}`)
const toast = (page, text) => page.locator('#toasts').getByText(text).waitFor()

/** Drags from a place of an element by so many minutes, into the column of somebody. */
async function drag(page, element, minutes, { column, edge = false, drop = true } = {}) {
  await element.scrollIntoViewIfNeeded()
  const box = await element.boundingBox()
  const row = await page.evaluate(() => {
    const grid = document.getElementById('grid')
    return grid.querySelector('.col').getBoundingClientRect().height / (grid.dataset.hours * 60)
  })
  const to = column && (await page.locator(`#col-${column}`).boundingBox())
  const x = box.x + box.width / 2
  const y = box.y + (edge ? box.height - 3 : Math.min(12, box.height / 2))
  await page.mouse.move(x, y)
  await page.mouse.down()
  await page.mouse.move(x, y + 8, { steps: 2 })
  await page.mouse.move(to ? to.x + to.width / 2 : x, y + minutes * row, { steps: 6 })
  if (drop) await page.mouse.up()
}

describe('the calendar', { concurrency: 1 }, () => {
  test('a booking is dragged to another time and to somebody else, and back again', async () => {
    const date = await freshDay()
    const { staff, made: [ana], when } = await atDesk(date, ['Anabelle', '10:00'])
    await withPage({ lang: 'fr', viewport: desktop, state: await signedIn() }, async page => {
      await page.goto(`/app/calendar?date=${date}`)
      await drag(page, event(page, ana.id), 65, { column: staff[2].id })
      await toast(page, 'Anabelle')
      assert.equal(await when(ana.id), `11:00–12:00 ${staff[2].name}`)
      assert.equal(await page.locator(`#col-${staff[2].id} #ev-${ana.id}`).count(), 1)
      await page.getByRole('button', { name: 'Annuler' }).click()
      await toast(page, 'de nouveau')
      assert.equal(await when(ana.id), `10:00–11:00 ${staff[0].name}`)
      // The page follows: what is free is free again.
      await page.locator(`#col-${staff[0].id} #ev-${ana.id}`).waitFor()
    })
  })

  test('what is taken or closed is put back, and it is said why', async () => {
    const date = await freshDay()
    const { made: [ana, bob], staff, when } = await atDesk(date, ['Anabelle', '10:00'], ['Bernard', '11:00'])
    await withPage({ lang: 'en', viewport: desktop, state: await signedIn() }, async (page, context) => {
      await page.goto(`/app/calendar?date=${date}`)
      await drag(page, event(page, ana.id), 45, { drop: false })
      assert.match(await event(page, ana.id).getAttribute('class'), /ghost/)
      await page.mouse.up()
      await toast(page, 'This time is taken')
      await drag(page, event(page, ana.id), -75)
      await toast(page, 'Nobody works then')
      await page.getByRole('link', { name: 'Move by form' }).click()
      await page.waitForURL('**/move?**')
      assert.equal(await page.locator('[name=time]').inputValue(), '08:45')
      // Somebody else was quicker, and the page does not know it yet.
      await page.goto(`/app/calendar?date=${date}`)
      await page.evaluate(() => addEventListener('changes', event => event.stopImmediatePropagation(), true))
      const signed = await token()
      await api(`/bookings/${bob.id}`, { method: 'PATCH', token: signed, body: { internal_note: 'VIP' } })
      context.expected.push('412', '409')
      await drag(page, event(page, bob.id), 0, { column: staff[2].id })
      await toast(page, 'Somebody changed this booking meanwhile')
      assert.equal(await page.locator(`#col-${staff[0].id} #ev-${bob.id}`).count(), 1)
      const start = (await api(`/bookings/${ana.id}`, { token: signed })).start
      await api(`/bookings/${bob.id}/reschedule`, { method: 'POST', token: signed, body: { start: new Date(Date.parse(start) + 4 * 3_600_000).toISOString(), outside_hours: true } })
      await drag(page, event(page, ana.id), 240)
      await toast(page, 'This time is taken')
      assert.equal(await event(page, ana.id).locator('.ev-t').innerText(), '10:00 – 11:00')
      assert.equal(await when(ana.id), `10:00–11:00 ${staff[0].name}`)
    })
  })

  test('its lower edge changes how long it lasts, and Escape lets go', async () => {
    const date = await freshDay()
    const { made: [ana], staff, when } = await atDesk(date, ['Anabelle', '10:00'])
    await withPage({ lang: 'en', viewport: desktop, state: await signedIn() }, async page => {
      await page.goto(`/app/calendar?date=${date}`)
      await drag(page, event(page, ana.id), 32, { edge: true })
      await toast(page, 'Anabelle: 10:00 – 11:30')
      assert.equal(await when(ana.id), `10:00–11:30 ${staff[0].name}`)
      await drag(page, event(page, ana.id), 60, { drop: false })
      await page.keyboard.press('Escape')
      await page.mouse.up()
      assert.equal(await event(page, ana.id).locator('.ev-t').innerText(), '10:00 – 11:30')
      assert.equal(await when(ana.id), `10:00–11:30 ${staff[0].name}`)
    })
  })

  test('keys do the same', async () => {
    const date = await freshDay()
    const { made: [ana], staff, when } = await atDesk(date, ['Anabelle', '10:00'])
    await withPage({ lang: 'en', viewport: desktop, state: await signedIn() }, async page => {
      await page.goto(`/app/calendar?date=${date}`)
      await event(page, ana.id).focus()
      await page.keyboard.down('Alt')
      for (const key of ['ArrowDown', 'ArrowDown', 'ArrowRight', 'ArrowRight']) await page.keyboard.press(key)
      await page.keyboard.down('Shift')
      await page.keyboard.press('ArrowDown')
      await page.keyboard.up('Shift')
      await page.keyboard.up('Alt')
      await toast(page, 'Anabelle: 10:30 – 11:45')
      assert.equal(await when(ana.id), `10:30–11:45 ${staff[2].name}`)
      // One press after another was one change.
      const history = await api(`/bookings/${ana.id}/history`, { token: await token() })
      assert.equal(history.data.length, 2)
      for (const [key, view] of [['w', 'week'], ['m', 'month'], ['l', 'list']]) {
        await page.keyboard.press(key)
        await page.waitForURL(`**/app/calendar?view=${view}&date=${date}`)
      }
      await page.keyboard.press('d')
      await page.waitForURL(`**/app/calendar?date=${date}`)
    })
  })

  test('free time becomes a booking, or a private event', async () => {
    const date = await freshDay()
    const { staff } = await atDesk(date)
    await withPage({ lang: 'en', viewport: desktop, state: await signedIn() }, async page => {
      const cell = page.locator(`#col-${staff[0].id} .cell`, { hasText: '10:00' })
      await page.goto(`/app/calendar?date=${date}`)
      await cell.click()
      await page.waitForURL(`**/app/bookings/new?date=${date}&staff_id=${staff[0].id}&time=10:00`)
      await page.goto(`/app/calendar?date=${date}`)
      await drag(page, cell, 65)
      const choice = page.locator('.choose')
      await choice.getByText('10:00 – 11:15').waitFor()
      await page.keyboard.press('Escape')
      assert.equal(await choice.count(), 0)
      await drag(page, cell, 65)
      await choice.getByRole('link', { name: 'Private event' }).click()
      await page.waitForURL('**/app/events/new?**')
      assert.equal(await page.locator('[name=starts_at]').inputValue(), '10:00')
      assert.equal(await page.locator('[name=ends_at]').inputValue(), '11:15')
      assert.equal(await page.locator('[name=staff_id]').inputValue(), staff[0].id)
    })
  })

  test('one’s own change is not asked for twice', async () => {
    const date = await freshDay()
    const { made: [ana] } = await atDesk(date, ['Anabelle', '10:00'])
    await withPage({ lang: 'en', viewport: desktop, state: await signedIn() }, async page => {
      await page.goto(`/app/calendar?date=${date}`)
      await page.waitForTimeout(1_000)
      let asked = 0
      page.on('request', request => request.url() === page.url() && request.resourceType() === 'fetch' && asked++)
      await drag(page, event(page, ana.id), 60)
      await toast(page, 'Anabelle: 11:00')
      await page.waitForTimeout(1_500)
      assert.equal(asked, 1)
    })
  })

  test('without a script a form moves it and changes its length', async () => {
    const date = await freshDay()
    const { made: [ana], staff, when } = await atDesk(date, ['Anabelle', '10:00'])
    await withPage({ lang: 'en', js: false, viewport: phone, state: await signedIn() }, async page => {
      await page.goto(`/app/calendar?date=${date}`)
      await event(page, ana.id).click()
      await page.locator('#drawer').getByRole('link', { name: 'Move' }).click()
      await page.fill('[name=minutes]', '90')
      await page.locator('details.disclosure summary').click()
      await page.fill('[name=time]', '14:45')
      await page.check('[name=outside]')
      await page.locator('#move button').last().click()
      await page.waitForURL(`**/app/calendar?date=${date}&booking=${ana.id}`)
      assert.equal(await when(ana.id), `14:45–16:15 ${staff[0].name}`)
      await page.locator('#drawer').getByRole('link', { name: 'Close' }).click()
      for (const view of ['Week', 'Month', 'List']) {
        await page.locator('.seg').getByRole('link', { name: view }).click()
        await page.waitForURL(`**view=${view.toLowerCase()}&date=${date}`)
      }
      await page.getByRole('link', { name: 'Anabelle' }).click()
      await page.locator('#drawer').getByText('Anabelle').first().waitFor()
    })
  })

  test('the week, the month and the list show who comes, follow what happens and open it beside', async () => {
    const slot = (await free()).at(-4)
    for (const view of ['week', 'month', 'list']) {
      await withPage({ lang: 'en', viewport: desktop, state: await signedIn() }, async page => {
        await page.goto(`/app/calendar?view=${view}&date=${slot.date}`)
        await page.waitForTimeout(800)
        const links = page.locator('#main [href*="booking="]')
        const shown = await links.count()
        assert.ok(shown > 0, view)
        await links.first().click()
        await page.locator('#drawer').waitFor()
        assert.match(page.url(), new RegExp(`view=${view}&date=${slot.date}&booking=`))
        assert.deepEqual(await accessible(page), [], view)
        await page.keyboard.press('Escape')
        await page.locator('#drawer').waitFor({ state: 'detached' })
        if (view !== 'list') return
        const name = `Éloi ${process.pid}`
        await book({ slot, name })
        await page.locator('#main').getByText(name).first().waitFor({ timeout: 30_000 })
      })
    }
  })

  test('a person’s week has columns of time, and a booking is dragged to another day', async () => {
    const date = await freshDay()
    const { made: [ana], staff, when } = await atDesk(date, ['Anabelle', '10:00'])
    await withPage({ lang: 'fr', viewport: desktop, state: await signedIn() }, async page => {
      await page.goto(`/app/calendar?view=week&date=${date}&staff=${staff[0].id}`)
      const day = new Date(Date.parse(date) + 86_400_000).toISOString().slice(0, 10)
      await drag(page, event(page, ana.id), 30, { column: day })
      await toast(page, 'Anabelle')
      assert.equal(await when(ana.id), `10:30–11:30 ${staff[0].name}`)
      assert.equal(await page.locator(`#col-${day} #ev-${ana.id}`).count(), 1)
    })
  })

  test('the line of now stands at the time that it is, and follows the clock', async () => {
    const inParis = at => new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Paris', dateStyle: 'short', timeStyle: 'short' }).format(at)
    const minutes = clock => Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3, 5))
    const clock = minute => `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`
    const signed = await token()
    const [staff] = (await api('/staff', { token: signed })).data
    const [today, time] = inParis(Date.now()).split(' ')
    const now = minutes(time)
    // At whatever hour of whatever day this runs, the grid reaches around it.
    const [start, end] = [Math.max(0, now - 60), Math.min(1_439, now + 60)].map(minute => `${today}T${clock(minute)}`)
    const { id } = await api('/events', { method: 'POST', token: signed, body: { staff_id: staff.id, title: 'Now', start, end } })
    const line = page => page.evaluate(() => {
      const { start, hours } = document.getElementById('grid').dataset
      const column = document.querySelector('#grid .col').getBoundingClientRect()
      const { top } = document.getElementById('now').getBoundingClientRect()
      return { at: Number(start) + (top - column.top) / column.height * hours * 60, told: document.getElementById('nowtime').innerText }
    })
    for (const [js, ahead] of [[false, 0], [true, 0], [true, Math.min(25, 1_439 - now)]]) {
      await withPage({ lang: 'en', js, viewport: desktop, state: await signedIn() }, async page => {
        const shown = Date.now() + ahead * 60_000
        if (ahead) await page.clock.setFixedTime(shown)
        for (const view of ['', `&view=week&staff=${staff.id}`]) {
          await page.goto(`/app/calendar?date=${today}${view}`)
          const { at, told } = await line(page)
          const wanted = minutes(inParis(shown).split(' ')[1])
          assert.ok(Math.abs(minutes(told) - wanted) <= 1, `${told} at ${clock(wanted)}`)
          // A row is five minutes.
          assert.ok(at > wanted - 7 && at < wanted + 3, `at ${at}, and it is ${wanted}`)
        }
        const tomorrow = inParis(Date.now() + 86_400_000).slice(0, 10)
        await page.goto(`/app/calendar?date=${tomorrow}`)
        assert.equal(await page.locator('#now, #nowtime').count(), 0)
      })
    }
    await api(`/events/${id}`, { method: 'DELETE', token: signed })
  })

  test('Ctrl and K open the search, which finds while it is typed', async () => {
    const date = await freshDay()
    const { made: [ana] } = await atDesk(date, ['Anabelle', '10:00'])
    await withPage({ lang: 'en', viewport: desktop, state: await signedIn() }, async page => {
      await page.goto(`/app/calendar?date=${date}`)
      const dialog = page.locator('#search')
      assert.equal(await dialog.isVisible(), false)
      await page.keyboard.press('Control+k')
      await dialog.waitFor()
      assert.equal(await page.evaluate(() => document.activeElement.id), 'k-q')
      await page.keyboard.type(ana.public_code)
      await dialog.locator(`a[href="/app/bookings/${ana.id}"]`).waitFor()
      assert.deepEqual(await accessible(page), [])
      // The first empties the field, as browsers do.
      await page.keyboard.press('Escape')
      await page.keyboard.press('Escape')
      await dialog.waitFor({ state: 'hidden' })
      // From a field, too.
      await page.locator('#q').focus()
      await page.keyboard.press('Control+k')
      await dialog.waitFor()
      await page.keyboard.type(ana.public_code.toLowerCase())
      await dialog.locator(`a[href="/app/bookings/${ana.id}"]`).click()
      await page.waitForURL(`**/app/bookings/${ana.id}`)
    })
  })

  test('what opens beside the calendar tells the price, what was mailed and what was done', async () => {
    const date = await freshDay()
    const { made: [ana] } = await atDesk(date, ['Anabelle', '10:00'])
    await mail(`anabelle-${date}-${process.pid}@example.org`)
    const later = new Date(Date.parse(ana.start) + 2 * 3_600_000).toISOString()
    await api(`/bookings/${ana.id}/reschedule`, { method: 'POST', token: await token(), body: { start: later, outside_hours: true } })
    for (const js of [true, false]) {
      await withPage({ lang: 'en', js, viewport: desktop, state: await signedIn() }, async page => {
        await page.goto(`/app/calendar?date=${date}`)
        await event(page, ana.id).click()
        const drawer = page.locator('#drawer')
        await drawer.getByRole('heading', { name: 'Anabelle' }).waitFor()
        const euros = new Intl.NumberFormat('en', { style: 'currency', currency: 'EUR', trailingZeroDisplay: 'stripIfInteger' }).format(ana.price_cents / 100)
        assert.equal((await drawer.locator('.sums b').first().innerText()).replace('.00', ''), euros)
        const open = async name => {
          const part = drawer.locator('details', { has: page.locator('summary', { hasText: name }) })
          assert.equal(await part.locator('li').first().isVisible(), false)
          await part.locator('summary').click()
          return part.locator('li').allInnerTexts()
        }
        const messages = await open('Messages to the customer')
        assert.match(messages[0], /^Confirmation\s+Sent · /)
        const history = await open('History')
        assert.equal(history.length, 2)
        const [booked, moved] = [history.find(it => it.includes('Booked')), history.find(it => it.includes('Moved'))]
        assert.match(booked, /Camille/)
        assert.match(moved, /10:00[^]*Camille/)
      })
    }
  })

  test('on paper there is only the calendar', async () => {
    const slot = (await free()).at(-3)
    await withPage({ lang: 'fr', viewport: desktop, state: await signedIn() }, async page => {
      for (const view of ['day', 'week', 'month', 'list']) {
        await page.goto(`/app/calendar?view=${view}&date=${slot.date}`)
        await page.emulateMedia({ media: 'print' })
        for (const chrome of ['.side', '.seg', '.datenav', '.searchbtn', '.jump', '.tabbar', '.cell', '#toasts']) {
          assert.equal(await page.locator(`${chrome}:visible`).count(), 0, `${view}: ${chrome}`)
        }
        assert.ok(await page.locator('.ev, .chip-ev, .agenda-i').first().isVisible(), view)
        await page.emulateMedia({ media: 'screen' })
      }
    })
  })
})
