// What a service asks: answered by a customer, with a file and without a script, and read by who asked.
import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { api, free } from './support/demo.mjs'
import { accessible, close, desktop, phone, withPage } from './support/harness.mjs'

after(close)

const coach = 'northlight'
const maya = { email: 'maya@northlight.example', password: 'demo-password' }
const cv = { name: 'my cv.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.7 a long life') }
const submit = page => page.locator('.btn-primary[form=details]:visible').first()

describe('the questions of a service', () => {
  for (const [how, js, viewport, place] of [['with a script, on a phone', true, phone, 3], ['without any script, on a desk', false, desktop, 6]]) {
    test(`are answered ${how}`, () => withPage({ lang: 'en', js, viewport }, async page => {
      const slot = (await free('CV and interview practice', coach))[place]
      const email = `ada-${process.pid}-${place}@example.org`
      await page.goto(`/${coach}/book/details?service_id=${slot.service.id}&start=${slot.start}&lang=en`)
      const choice = page.getByRole('group', { name: /What shall we practise/ })
      await choice.getByLabel('A final interview').check()
      await page.getByLabel(/Your CV/).setInputFiles({ name: 'page.html', mimeType: 'text/html', buffer: Buffer.from('<script>alert(1)</script>') })
      await page.fill('[name=name]', 'Ada King')
      await page.fill('[name=email]', email)
      await submit(page).click()
      // What is no picture and no PDF is told beside its question and in the summary; the rest is kept.
      await page.getByRole('alert').getByRole('link', { name: /Your CV/ }).waitFor()
      assert.ok(await choice.getByLabel('A final interview').isChecked())
      assert.equal(await page.inputValue('[name=name]'), 'Ada King')
      if (js) assert.deepEqual(await accessible(page), [])
      await page.getByLabel(/Your CV/).setInputFiles(cv)
      await page.getByLabel(/You may take notes/).check()
      await Promise.all([page.waitForURL('**/manage/**'), submit(page).click()])
      await page.getByText('A final interview').waitFor()
      await page.getByText('my cv.pdf').waitFor()
      if (js) assert.deepEqual(await accessible(page), [])
      const { access_token: token } = await api('/auth/login', { method: 'POST', body: maya })
      const [found] = (await api(`/bookings?q=final`, { token })).data.filter(it => it.customer.email === email)
      assert.deepEqual(found.answers.map(it => it.kind), ['choice', 'file', 'consent'])
    }))
  }
})
