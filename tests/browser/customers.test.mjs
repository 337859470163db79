// A file with customers is brought in, watched while it is, and what came of it is told.
import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { signedIn } from './support/demo.mjs'
import { accessible, close, desktop, phone, withPage } from './support/harness.mjs'

after(close)

const main = page => page.locator('#main')

/** People of this run alone. */
function table(name, rows) {
  const people = Array.from({ length: rows }, (_, n) => `${name} ${n};${name.toLowerCase()}${n}-${process.pid}@example.org;`)
  return Buffer.from(['Nom;Courriel;Ville', ...people, 'Sans adresse;;Lyon'].join('\r\n'))
}

describe('a file with customers', { concurrency: 2 }, () => {
  for (const [how, js, viewport, name] of [['with a script', true, desktop, 'Ondine'], ['without one, on a phone', false, phone, 'Oriane']]) {
    test(`is looked at and brought in ${how}`, async () => {
      await withPage({ lang: 'fr', js, viewport, state: await signedIn() }, async page => {
        await page.goto('/app/customers/import')
        await page.setInputFiles('[name=file]', { name: 'clients.csv', mimeType: 'text/csv', buffer: table(name, 600) })
        await main(page).getByRole('button', { name: 'Continuer' }).click()
        await page.waitForURL('**/app/customers/imports/*')
        const columns = main(page).locator('select[name=field]')
        assert.deepEqual(await columns.evaluateAll(all => all.map(one => one.value)), ['name', 'email', ''])
        if (js) assert.deepEqual(await accessible(page), [])
        await main(page).getByRole('button', { name: 'Importer' }).click()
        const done = main(page).getByText('L’import est terminé')
        // Who has a script sees it come; who has none looks again.
        const deadline = Date.now() + 60_000
        while (!js && (await done.count()) === 0 && Date.now() < deadline) {
          await page.waitForTimeout(500)
          await page.reload()
        }
        await done.waitFor({ timeout: 60_000 })
        assert.match(await main(page).locator('.stats').innerText(), /Nouveaux\s*600/)
        assert.match(await main(page).locator('table').innerText(), /602[\s\S]*E-mail[\s\S]*C’est vide/)
        if (js) assert.deepEqual(await accessible(page), [])
        await page.goto(`/app/customers?q=${name}`)
        await main(page).getByText(`${name} 0`, { exact: true }).waitFor()
      })
    })
  }
})
