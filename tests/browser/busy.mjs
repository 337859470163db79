// What a full day costs: eight people, two hundred bookings. How long the server takes for each view of the calendar, what
// goes over the wire, and whether anything moves while it loads. A table in Markdown.
import { api, signedIn, token } from './support/demo.mjs'
import { close, desktop, meter, origin, visitor } from './support/harness.mjs'

const rounds = 200
const people = 8
const each = 25
const wednesday = Date.now() + (3 - new Date().getUTCDay() + 70) * 86_400_000
const date = new Date(wednesday).toISOString().slice(0, 10)

const signed = await token()
const team = (await api('/staff', { token: signed })).data
while (team.length < people) {
  team.push(await api('/staff', { method: 'POST', token: signed, body: { name: `Renfort ${team.length + 1}` } }))
}
const body = { name: 'Passage rapide', duration_minutes: 20, price_cents: 1_500 }
const service = await api('/services', { method: 'POST', token: signed, body })
for (const [place, { id: staff_id }] of team.slice(0, people).entries()) {
  for (let number = 0; number < each; number++) {
    const start = new Date(Date.parse(`${date}T08:00:00Z`) + number * 20 * 60_000).toISOString()
    const customer = { name: `Client ${place + 1}.${number + 1}`, email: `client-${place}-${number}@example.org` }
    await api('/bookings', { method: 'POST', token: signed, body: { service_id: service.id, staff_id, start, customer, outside_hours: true, notifications: { email: false } } })
  }
}

const state = await signedIn()
const cookie = state.cookies.map(({ name, value }) => `${name}=${value}`).join('; ')
const at = (sorted, share) => sorted[Math.floor((sorted.length - 1) * share)]

console.log(`${people} people, ${people * each} bookings on ${date}\n`)
console.log('| view | whole request p50 | p99 | of it rendering p50 | bytes over the wire | requests | layout shift |\n| --- | ---: | ---: | ---: | ---: | ---: | ---: |')
for (const view of ['day', 'week', 'month', 'list']) {
  const where = `/app/calendar?view=${view}&date=${date}`
  const times = []
  const rendering = []
  for (let round = -20; round < rounds; round++) {
    const began = performance.now()
    const response = await fetch(origin + where, { headers: { cookie, 'accept-language': 'fr', 'accept-encoding': 'identity' } })
    await response.arrayBuffer()
    if (round < 0) continue
    times.push(performance.now() - began)
    rendering.push(Number(response.headers.get('server-timing').match(/dur=([\d.]+)/)[1]))
  }
  for (const list of [times, rendering]) list.sort((one, two) => one - two)
  const context = await visitor({ state, viewport: desktop })
  const page = await context.newPage()
  const wire = await meter(page)
  await page.goto(where, { waitUntil: 'load' })
  await page.evaluate(() => document.fonts.ready)
  await page.waitForTimeout(300)
  const shift = await page.evaluate(() => window.__shift)
  console.log(`| ${view} | ${at(times, 0.5).toFixed(1)} ms | ${at(times, 0.99).toFixed(1)} ms | ${at(rendering, 0.5).toFixed(1)} ms | ${wire.total()} | ${wire.requests()} | ${shift.toFixed(4)} |`)
  await context.close()
}
await close()
