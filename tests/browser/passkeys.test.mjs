// Passkeys, in a browser that has an authenticator: added on the page, used in the place of the password and after it,
// removed.
import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { api } from './support/demo.mjs'
import { accessible, close, contrast, desktop, origin, overflowing, phone, protocol, withPage } from './support/harness.mjs'

after(close)

/** The same deployment by a name: a number has no passkeys. */
const local = origin.replace('127.0.0.1', 'localhost')
const main = page => page.locator('#main')
const button = (page, name) => page.getByRole('button', { name, exact: true })

let counter = 0
/** Somebody who has a password and no more. */
async function somebody() {
  const name = `cle-${process.pid}-${++counter}`
  const who = { email: `${name}@example.org`, password: 'a long password' }
  const tenant = { name: `Studio ${name}`, timezone: 'Europe/Paris', locale: 'fr' }
  await api('/auth/register', { method: 'POST', body: { ...who, full_name: 'Inès Moreau', tenant } })
  return who
}

async function password(page, who, then) {
  await page.goto('/login')
  await page.fill('[name=email]', who.email)
  await page.fill('[name=password]', who.password)
  await Promise.all([page.waitForURL(then), page.press('[name=password]', 'Enter')])
}

async function signOut(page) {
  await page.goto('/app')
  await Promise.all([page.waitForURL('**/login'), page.locator('form[action="/logout"]').first().evaluate(form => form.submit())])
}

/** Gives the page's browser an authenticator that knows who holds it. */
async function authenticator(page) {
  const session = await protocol(page)
  await session.send('WebAuthn.enable')
  const options = { protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true }
  const { authenticatorId } = await session.send('WebAuthn.addVirtualAuthenticator', { options })
  return { credentials: async () => (await session.send('WebAuthn.getCredentials', { authenticatorId })).credentials }
}

async function inOrder(page) {
  assert.deepEqual([...(await accessible(page)), ...(await contrast(page)), ...(await overflowing(page))], [], page.url())
}

describe('a passkey', () => {
  for (const [how, lang, viewport, scheme] of [['on a phone', 'en', phone, 'light'], ['at a desk, in the dark', 'en', desktop, 'dark']]) {
    test(`is added, signs in and is removed ${how}`, () => withPage({ lang, viewport, scheme, baseURL: local }, async (page, context) => {
      context.expected.push(` asks ${local}`)
      // Whoever is offered one with the addresses that the browser knows is signed in before the button is pressed.
      await context.addInitScript(() => { if (window.PublicKeyCredential) PublicKeyCredential.isConditionalMediationAvailable = async () => false })
      const who = await somebody()
      const device = await authenticator(page)
      await password(page, who, '**/app')

      await page.goto('/app/account/passkeys')
      await inOrder(page)
      await page.fill('[name=name]', 'Phone')
      await page.fill('[name=current_password]', who.password)
      await button(page, 'Go on').click()
      await button(page, 'Create the passkey').waitFor()
      await inOrder(page)
      await button(page, 'Create the passkey').click()
      await main(page).getByText('I have kept them').waitFor()
      assert.equal(await main(page).locator('.codes li').count(), 10)
      const [credential] = await device.credentials()
      assert.ok(credential.isResidentCredential, 'it is found without an address typed')
      await page.goto('/app/account/passkeys')
      await main(page).getByText('Phone', { exact: true }).waitFor()
      await inOrder(page)

      // In the place of the password.
      await signOut(page)
      await button(page, 'Sign in with a passkey').waitFor()
      await inOrder(page)
      await Promise.all([page.waitForURL('**/app'), button(page, 'Sign in with a passkey').click()])

      // After it.
      await signOut(page)
      await password(page, who, '**/login/code**')
      await button(page, 'Go on with a passkey').waitFor()
      await inOrder(page)
      await Promise.all([page.waitForURL('**/app'), button(page, 'Go on with a passkey').click()])

      await page.goto('/app/account/passkeys')
      await main(page).getByRole('link', { name: 'Change' }).click()
      await page.fill('[name=name]', 'Blue phone')
      await button(page, 'Save').click()
      await main(page).getByText('Blue phone').waitFor()
      await main(page).getByRole('link', { name: 'Change' }).click()
      await inOrder(page)
      await page.fill('[name=current_password]', who.password)
      await button(page, 'Remove').click()
      await page.getByText('The passkey is removed.').waitFor()
      await signOut(page)
      await password(page, who, '**/app')
    }))
  }

  test('is asked for by a script alone', () => withPage({ lang: 'en', viewport: phone, js: false, baseURL: local }, async (page, context) => {
    context.expected.push(` asks ${local}`)
    await page.goto('/login')
    assert.equal(await button(page, 'Sign in with a passkey').count(), 0)
    const who = await somebody()
    await password(page, who, '**/app')
    await page.goto('/app/account/passkeys')
    assert.match(await main(page).locator('noscript').innerText(), /turn JavaScript on/)
  }))

  test('is not there under another name', () => withPage({ lang: 'en', viewport: phone }, async page => {
    await page.goto('/login')
    await page.waitForLoadState('load')
    assert.equal(await button(page, 'Sign in with a passkey').count(), 0)
  }))
})
