// An owner's first day: signs up, follows the list of what is to do, sees the first booking come in, signs out.
import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { book, free, mail, signedIn } from './support/demo.mjs'
import { accessible, close, desktop, phone, withPage } from './support/harness.mjs'
import { address } from './support/places.mjs'

after(close)

let counter = 0
const main = page => page.locator('#main')

/** Signs somebody up by the pages, opens the mail and stands on the dashboard. */
async function signUp(page) {
  const who = { email: `nora-${process.pid}-${++counter}@example.org`, password: 'a long password', name: `Atelier Nora ${process.pid} ${counter}` }
  await page.goto('/signup?lang=en')
  await page.fill('[name=full_name]', 'Nora Petit')
  await page.fill('[name=email]', who.email)
  await page.fill('[name=password]', who.password)
  await page.fill('[name=tenant_name]', who.name)
  await page.locator('form[action="/signup"] button').last().click()
  await page.waitForURL('**/signup/sent')
  const { links } = await mail(who.email)
  await page.goto(links.find(url => url.includes('/verify/')))
  // The mail proves the address, the password that the account is theirs: together they sign in.
  await page.fill('[name=password]', who.password)
  await page.locator('form[action^="/verify/"] button').click()
  await page.waitForURL('**/app')
}

describe('an owner', { concurrency: 2 }, () => {
  for (const [how, js, viewport] of [['with a script', true, desktop], ['without one, on a phone', false, phone]]) {
    test(`sets a business up ${how}`, () => withPage({ lang: 'en', js, viewport }, async page => {
      const step = name => main(page).getByRole('link', { name })
      await signUp(page)
      assert.equal(await main(page).locator('a.is-done').count(), 0)
      await step(/Add your first service/).click()
      await page.waitForURL('**/app/services/new')
      await page.fill('[name=name]', 'First session')
      await page.fill('[name=price]', '60')
      await page.fill('[name=duration]', '50')
      await main(page).getByRole('button', { name: 'Save' }).click()
      await page.waitForURL('**/app/services')
      await main(page).getByText('First session').first().waitFor()

      await page.goto('/app')
      await step(/Add your first service \(done\)/).waitFor()
      await step(/Check your hours/).click()
      await page.locator('button[value=save]').last().click()
      await page.waitForURL('**/app/hours**')

      await page.goto('/app')
      await step(/Check your hours \(done\)/).waitFor()
      await step(/Look at your page/).click()
      await page.getByText('First session').first().waitFor()

      await page.goto('/app')
      await step(/Look at your page \(done\)/).waitFor()
      assert.equal(await main(page).locator('a.is-done').count(), 3)
    }))
  }

  test('who types nonsense into a form keeps it, and is told where it is', () => withPage({ lang: 'en', viewport: desktop }, async page => {
    await page.goto('/signup?lang=en')
    await page.fill('[name=full_name]', 'Nora Petit')
    await page.fill('[name=email]', 'nora at example')
    await page.locator('form[action="/signup"] button').last().click()
    await page.locator('#errors').waitFor()
    assert.equal(await page.evaluate(() => document.activeElement.id), 'errors')
    assert.equal(await page.locator('[name=full_name]').inputValue(), 'Nora Petit')
    assert.equal(await page.locator('[name=email]').inputValue(), 'nora at example')
    assert.equal(await page.locator('[name=password]').inputValue(), '')
    assert.deepEqual(await accessible(page), [])
  }))

  test('sees a booking come into the day without touching the page', async () => {
    await withPage({ lang: 'fr', viewport: desktop, state: await signedIn() }, async page => {
      const slot = (await free()).at(-2)
      await page.goto(`/app/calendar?date=${slot.date}`)
      await page.evaluate(() => (window.__same = true))
      const name = `Éloïse ${process.pid}`
      // The stream is open once the page has settled.
      await page.waitForTimeout(1_000)
      await book({ slot, name })
      await main(page).getByText(name).first().waitFor({ timeout: 30_000 })
      assert.equal(await page.evaluate(() => window.__same), true, 'the page was loaded anew')
    })
  })

  test('sees on any page that a booking waits for an answer', async () => {
    await withPage({ lang: 'fr', viewport: desktop, state: await signedIn() }, async page => {
      const slot = (await free('Chignon de cérémonie')).at(-1)
      await page.goto('/app/services')
      await page.evaluate(() => (window.__same = true))
      const count = async () => Number((await page.locator('#pending').innerText()).match(/\d+/)?.[0] ?? 0)
      const before = await count()
      await page.waitForTimeout(1_000)
      await book({ slot })
      await page.waitForFunction(before => Number(document.getElementById('pending').innerText.match(/\d+/)) > before, before)
      assert.equal(await count(), before + 1)
      assert.equal(await page.evaluate(() => window.__same), true, 'the page was loaded anew')
    })
  })

  test('is shown what came in while they typed as soon as they have done', async () => {
    await withPage({ lang: 'fr', viewport: desktop, state: await signedIn() }, async page => {
      const slot = (await free()).at(-12)
      const list = `/app/bookings?period=upcoming&q=${encodeURIComponent(`Ombeline ${process.pid}`)}`
      await page.goto(list)
      const words = main(page).locator('[name=q]')
      const asked = await words.inputValue()
      await words.fill('Zo')
      await page.waitForTimeout(1_000)
      await book({ slot, name: asked })
      await page.waitForTimeout(2_000)
      const row = main(page).locator('table').getByText(asked)
      assert.equal(await words.inputValue(), 'Zo')
      assert.equal(await row.count(), 0, 'the list was drawn anew under who types')
      await words.fill(asked)
      await words.blur()
      await row.first().waitFor()
    })
  })

  test('copies the customer’s link, also after the page has followed a change', async () => {
    await withPage({ lang: 'fr', viewport: desktop, state: await signedIn() }, async (page, context) => {
      await context.grantPermissions(['clipboard-read', 'clipboard-write'])
      await page.goto(await address('/app/bookings/{id}'))
      await page.waitForTimeout(1_000)
      const followed = page.waitForResponse(response => response.url() === page.url() && response.request().resourceType() === 'fetch')
      await book({ slot: (await free()).at(-22) })
      await (await followed).finished()
      await page.waitForTimeout(300)
      const button = main(page).locator('[data-copy]')
      await button.click()
      await page.locator('#toasts').getByText('Copié').waitFor()
      assert.equal(await page.evaluate(() => navigator.clipboard.readText()), await button.getAttribute('data-copy'))
    })
    await withPage({ lang: 'fr', js: false, state: await signedIn() }, async page => {
      await page.goto(await address('/app/bookings/{id}'))
      assert.equal(await main(page).locator('[data-copy]').isVisible(), false, 'a button that does nothing')
    })
  })

  test('signs out, and the dashboard is closed', () => withPage({ lang: 'en', viewport: desktop }, async page => {
    await signUp(page)
    await page.locator('form[action="/logout"] button').first().click()
    await page.waitForURL(url => !url.pathname.startsWith('/app'))
    await page.goto('/app')
    await page.waitForURL('**/login**')
  }))
})
