// The pictures of the README, taken from a demo: node tests/browser/shots.mjs FOLDER
import { mkdir, stat, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { book, free, mail, salon, signedIn } from './support/demo.mjs'
import { browser, close, origin, phone, visitor } from './support/harness.mjs'
import { mails } from './support/mails.mjs'
import { address } from './support/places.mjs'

const folder = process.argv[2] ?? 'docs/shots'
/** In bytes: a picture in a repository stays there for good. */
const most = 120_000

/** A wide window, drawn small. */
const desktop = { viewport: { width: 1280, height: 800 }, deviceScaleFactor: 0.75 }

await browser()

async function take(name, options, act) {
  const context = await visitor(options)
  const page = await context.newPage()
  const target = (await act(page)) ?? page
  await page.evaluate(() => document.fonts.ready)
  await page.waitForTimeout(300)
  const picture = await target.screenshot({ animations: 'disabled', caret: 'hide' })
  await context.close()
  const file = `${folder}/${name}.png`
  await mkdir(dirname(file), { recursive: true })
  await writeFile(file, picture)
  const { size } = await stat(file)
  console.log(`${file}: ${Math.round(size / 1000)} kB`)
  if (size > most) throw new Error(`${file} is larger than ${most / 1000} kB`)
}

const demo = await signedIn()
const fr = { lang: 'fr' }
const slot = (await free())[10]
const booking = await book({ slot: (await free()).at(-7), name: 'Zoé Durand' })
const confirmation = await mail(booking.email)
const manage = confirmation.links.find(url => url.startsWith(`${origin}/manage/`))
const html = await (await fetch(`${origin}/dev/outbox/${confirmation.id}/html`)).text()

// A day with something in it.
const date = slot.date
const people = ['Léa Martin', 'Hugo Bernard', 'Chloé Petit', 'Louis Moreau', 'Manon Roux', 'Jules Fabre', 'Alice Garnier', 'Nina Colin', 'Paul Renard']
for (const [index, name] of people.entries()) {
  const room = (await free(index % 3 === 0 ? 'Couleur racines' : index % 3 === 1 ? 'Coupe homme' : 'Coupe et brushing')).filter(it => it.date === date)
  const slot = room[Math.floor((index * room.length) / people.length)]
  if (slot) await book({ slot, name })
}

await take('home', { ...fr, ...desktop }, async page => void (await page.goto(`/${salon}`)))
await take('home-phone', { ...fr, viewport: phone }, async page => void (await page.goto(`/${salon}`)))
await take('time-phone', { ...fr, viewport: phone }, async page => void (await page.goto(await address('/{tenant}/book/time'))))
await take('time-dark', { ...fr, ...desktop, scheme: 'dark' }, async page => {
  await page.goto(`/${salon}/book/time?service_id=${slot.service.id}&date=${slot.date}`)
})
await take('confirmation-phone', { ...fr, viewport: phone }, async page => void (await page.goto(manage)))
await take('calendar', { ...fr, ...desktop, state: demo }, async page => void (await page.goto(`/app/calendar?date=${date}`)))
await take('calendar-phone-dark', { ...fr, viewport: phone, scheme: 'dark', state: demo }, async page => void (await page.goto(`/app/calendar?date=${date}`)))
await take('services', { ...fr, ...desktop, state: demo }, async page => void (await page.goto('/app/services')))
await take('components', { lang: 'en', ...desktop }, async page => void (await page.goto('/dev/components')))
for (const [name, width, scheme] of [['mail-phone', 390, 'light'], ['mail-dark', 700, 'dark']]) {
  await take(name, { ...fr, viewport: { width, height: 1000 }, scheme }, async page => {
    await page.setContent(html)
    return page.locator('body')
  })
}
// Every mail, as wide as a phone and as a mail program on a desk.
for (const [kind, html] of Object.entries(await mails())) {
  for (const width of [390, 700]) {
    await take(`mails/${kind}-${width}`, { ...fr, viewport: { width, height: 600 } }, async page => {
      await page.setContent(html)
      return page.locator('body')
    })
  }
}
await close()
