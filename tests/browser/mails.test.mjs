// The mails that a demo sends, as mail programs show them: narrow and wide, light and dark.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { api, book, mail } from './support/demo.mjs'
import { accessible, close, contrast, origin, overflowing, visitor, wcag } from './support/harness.mjs'

const sent = {}

before(async () => {
  const booking = await book()
  sent.confirmation = await mail(booking.email)
  await api(`/public/maison-camille/bookings/${booking.public_code}/cancellation`, { method: 'POST', body: { email: booking.email } })
  sent.cancellation = await mail(booking.email, it => it.id !== sent.confirmation.id)
  const email = `lea-${process.pid}@example.org`
  await api('/auth/register', {
    method: 'POST',
    body: { email, password: 'a long password', full_name: 'Léa Blanc', tenant: { name: `Studio Léa ${process.pid}`, timezone: 'Europe/Paris', locale: 'fr' } },
  })
  sent.verification = await mail(email)
})

after(close)

describe('the mail', { concurrency: 2 }, () => {
  for (const name of ['confirmation', 'cancellation', 'verification']) {
    test(`of a ${name} can be read by everybody, on a phone and in the dark`, async () => {
      const html = await (await fetch(`${origin}/dev/outbox/${sent[name].id}/html`)).text()
      for (const width of [360, 700]) {
        const context = await visitor({ viewport: { width, height: 800 } })
        const page = await context.newPage()
        await page.setContent(html)
        // A mail has no landmarks: it stands in the page of a mail program.
        const flaws = await accessible(page, undefined, wcag)
        await page.emulateMedia({ colorScheme: 'dark' })
        flaws.push(...(await contrast(page)), ...(await overflowing(page)), ...context.faults)
        await context.close()
        assert.deepEqual(flaws, [], `at ${width} px`)
      }
    })
  }
})
