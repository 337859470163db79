// An owner's first day: signs up, follows the list of what is to do, sees the first booking come in, signs out.
import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { book, free, mail, signedIn } from './support/demo.mjs'
import { accessible, close, desktop, phone, withPage } from './support/harness.mjs'

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
  await Promise.all([
    page.waitForResponse(response => response.request().method() === 'POST'),
    page.locator('form[action^="/verify/"] button').click(),
  ])
  await page.waitForLoadState()
  await page.goto('/app')
  if (new URL(page.url()).pathname === '/login') {
    await page.fill('[name=email]', who.email)
    await page.fill('[name=password]', who.password)
    await page.locator('form[action="/login"] button').click()
    await page.waitForURL('**/app')
  }
  return who
}

describe('an owner', { concurrency: 2 }, () => {
  for (const [how, js, viewport] of [['with a script', true, desktop], ['without one, on a phone', false, phone]]) {
    test(`sets a business up ${how}`, () => withPage({ lang: 'en', js, viewport }, async page => {
      await signUp(page)
      await main(page).getByRole('link', { name: /Add your first service/ }).click()
      if (!page.url().endsWith('/new')) await page.goto('/app/services/new')
      await page.fill('[name=name]', 'First session')
      await page.fill('[name=price]', '60')
      await page.fill('[name=duration]', '50')
      await main(page).getByRole('button', { name: 'Save' }).click()
      await page.waitForURL('**/app/services')
      await main(page).getByText('First session').first().waitFor()

      await page.goto('/app')
      await main(page).getByRole('link', { name: /Check your hours/ }).click()
      await page.locator('button[value=save]').last().click()
      await page.waitForURL('**/app/hours**')

      await page.goto('/app')
      await main(page).getByRole('link', { name: /Look at your page/ }).click()
      await page.getByText('First session').first().waitFor()
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

  test('signs out, and the dashboard is closed', () => withPage({ lang: 'en', viewport: desktop }, async page => {
    await signUp(page)
    await page.locator('form[action="/logout"] button').first().click()
    await page.waitForURL(url => !url.pathname.startsWith('/app'))
    await page.goto('/app')
    await page.waitForURL('**/login**')
  }))
})
