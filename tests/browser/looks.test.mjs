// Language, theme and the tenant's colour: each is chosen once, and every page follows.
import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { api, salon, signedIn, token } from './support/demo.mjs'
import { close, contrast, desktop, withPage } from './support/harness.mjs'

after(close)

const ground = page => page.evaluate(() => getComputedStyle(document.body).backgroundColor)
const accent = page => page.evaluate(() => getComputedStyle(document.documentElement).getPropertyValue('--accent'))
const lightness = color => Number(color.match(/\d+/)[0])

describe('what is chosen stays chosen:', () => {
  for (const js of [true, false]) {
    test(`the language and the theme, ${js ? 'with' : 'without'} a script`, () => withPage({ lang: 'fr', js }, async page => {
      await page.goto(`/${salon}`)
      assert.equal(await page.locator('html').getAttribute('lang'), 'fr')
      await page.locator('a.lang').first().click()
      await page.locator('html[lang=en]').waitFor()
      await page.goto(`/${salon}/book`)
      assert.equal(await page.locator('html').getAttribute('lang'), 'en')

      assert.ok(lightness(await ground(page)) > 200)
      await page.getByRole('button', { name: /dark/i }).locator('visible=true').first().click()
      await page.locator('html[data-theme=dark]').waitFor()
      // Drawn with the next frames.
      await page.waitForTimeout(100)
      assert.ok(lightness(await ground(page)) < 60)
      await page.goto(`/${salon}`)
      assert.equal(await page.locator('html').getAttribute('data-theme'), 'dark')
      if (js) assert.deepEqual(await contrast(page), [])
    }))
  }

  // Whether text can be read on the very colour, in the light.
  for (const [color, stays] of [['#ffd400', false], ['#b4436c', true], ['#0a0a0a', true], ['#f5f5f5', false]]) {
    test(`${color} as the colour of a tenant, which can be read in both themes`, () => withPage({ lang: 'fr' }, async page => {
      await page.goto('/login')
      const own = await accent(page)
      const bearer = await token()
      const before = (await api('/tenant', { token: bearer })).accent_color
      await api('/tenant', { method: 'PATCH', token: bearer, body: { accent_color: color } })
      try {
        await page.goto(`/${salon}`)
        const accents = await accent(page)
        assert.notEqual(accents, own)
        assert.equal(accents.startsWith(`light-dark(${color},`), stays, accents)
        for (const scheme of ['light', 'dark']) {
          await page.emulateMedia({ colorScheme: scheme })
          assert.deepEqual(await contrast(page), [], scheme)
        }
      } finally {
        await api('/tenant', { method: 'PATCH', token: bearer, body: { accent_color: before } })
      }
    }))
  }
})

test('a long date in a broad fallback font leaves the calendar its width', async () => {
  await withPage({ lang: 'fr', viewport: desktop, state: await signedIn() }, async page => {
    await page.goto('/app/calendar?date=2026-09-23')
    const width = () => page.locator('#main').evaluate(main => main.getBoundingClientRect().width)
    const before = await width()
    await page.evaluate(() => document.documentElement.style.setProperty('--font', 'DejaVu Sans, Verdana, monospace'))
    assert.equal(await width(), before)
  })
})
