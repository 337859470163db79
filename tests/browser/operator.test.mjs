// An operator's day: signs in, finds what failed, has it tried again, pauses a queue, and sees it all change by itself.
import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { api, enter, operator, operatorIn, signedIn, token } from './support/demo.mjs'
import { close, desktop, phone, withPage } from './support/harness.mjs'

after(close)

const main = page => page.locator('#main')
const dead = async () => (await api('/admin/jobs?state=dead&limit=200', { token: await token(operator) })).data

describe('an operator', () => {
  for (const [how, js, viewport] of [['with a script', true, desktop], ['without one, on a phone', false, phone]]) {
    test(`signs in, and has what failed tried again, ${how}`, () => withPage({ lang: 'en', js, viewport }, async page => {
      await page.goto('/ops/queues')
      await page.waitForURL('**/ops/login**')
      await enter(page, operator, '**/ops/queues')
      const before = await dead()
      const job = before.find(it => it.kind === 'send_booking_confirmation')
      assert.ok(job, 'the demo has a mail that failed')
      await page.goto(`/ops/jobs?queue=email&q=${job.id}`)
      await main(page).locator('tbody a').first().click()
      await main(page).getByText(job.last_error).first().waitFor()
      await main(page).getByRole('button', { name: 'Try again' }).click()
      await page.waitForURL('**/ops/jobs?state=dead')
      await page.getByText('The job is due again.').waitFor()
      // The fleet finds that there is nothing to do for it, and it is done.
      for (let tries = 0; ; tries++) {
        await page.goto(`/ops/jobs/${job.tenant_id}/${job.id}`)
        if (await page.getByText('not there, or no longer').count()) break
        assert.ok(tries < 50, 'the job is still there')
        await page.waitForTimeout(200)
      }
      assert.equal((await dead()).length, before.length - 1)
    }))
  }

  test('pauses a queue and has it go on', async () => {
    await withPage({ lang: 'en', viewport: desktop, state: await operatorIn() }, async page => {
      await page.goto('/ops/queues/pdf')
      await main(page).getByRole('button', { name: 'Pause' }).click()
      await main(page).getByText('Paused since').waitFor()
      const { queues } = await api('/admin/queues', { token: await token(operator) })
      assert.ok(queues.find(it => it.queue === 'pdf').paused_at)
      await main(page).getByRole('button', { name: 'Go on' }).click()
      await page.getByText('The queue goes on.').waitFor()
    })
  })

  test('sees what changes without touching the page', async () => {
    await withPage({ lang: 'en', viewport: desktop, state: await operatorIn() }, async page => {
      await page.goto('/ops/queues/maintenance')
      await page.evaluate(() => (window.__same = true))
      await page.waitForTimeout(1_000)
      const bearer = await token(operator)
      await api('/admin/queues/maintenance/pause', { method: 'POST', token: bearer })
      await main(page).getByText('Paused since').waitFor({ timeout: 30_000 })
      await api('/admin/queues/maintenance/resume', { method: 'POST', token: bearer })
      await main(page).getByText('Paused since').waitFor({ state: 'detached', timeout: 30_000 })
      assert.equal(await page.evaluate(() => window.__same), true, 'the page was loaded anew')
    })
  })
})

describe('an owner', () => {
  test('sees what is done for them and finds nothing of the console', async () => {
    await withPage({ lang: 'en', viewport: desktop, state: await signedIn() }, async page => {
      await page.goto('/app/jobs')
      await main(page).getByText('What Harmony does for you').waitFor()
      assert.equal((await page.goto('/ops/queues')).status(), 404)
    })
  })
})
