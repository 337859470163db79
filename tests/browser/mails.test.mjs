// Each kind of mail, as mail programs show it: narrow and wide, light and dark.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { accessible, close, contrast, overflowing, visitor, wcag } from './support/harness.mjs'
import { kinds, mails } from './support/mails.mjs'

let sent

before(async () => {
  sent = await mails()
})

after(close)

describe('the mail', { concurrency: 2 }, () => {
  for (const kind of kinds) {
    test(`${kind} can be read by everybody, on a phone and in the dark`, async () => {
      for (const width of [360, 700]) {
        const context = await visitor({ viewport: { width, height: 800 } })
        const page = await context.newPage()
        await page.setContent(sent[kind])
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
