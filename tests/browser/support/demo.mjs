// The demo deployment as tests use it: who signs in, what can be booked, which mails came.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { createHmac } from 'node:crypto'
import { origin, visitor } from './harness.mjs'

export const salon = 'maison-camille'
/** `secret` is what the app has that makes codes. */
export const operator = { email: 'operator@harmony.example', password: 'demo-password', secret: 'a secret of the demo' }
export const owner = { email: 'camille@maison-camille.example', password: 'demo-password' }

export async function api(path, { method = 'GET', token, body } = {}) {
  const response = await fetch(`${origin}/api/v1${path}`, {
    method,
    headers: {
      ...(token && { Authorization: `Bearer ${token}` }),
      ...(body && { 'Content-Type': 'application/json' }),
    },
    body: body && JSON.stringify(body),
  })
  const text = await response.text()
  const json = text ? JSON.parse(text) : undefined
  assert.ok(response.ok, `${method} ${path}: ${response.status} ${text}`)
  return json
}

/** The code of now (RFC 6238), good once more: tests sign in more often than it changes. */
function code({ email, secret }) {
  sql(`UPDATE totp_secrets SET last_step = 0 WHERE user_id = (SELECT id FROM users WHERE email = '${email}')`)
  const step = Buffer.alloc(8)
  step.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000)))
  const mac = createHmac('sha1', secret).update(step).digest()
  return String((mac.readUInt32BE(mac[19] & 15) & 0x7fffffff) % 1_000_000).padStart(6, '0')
}

/** A bearer token for the API. */
export async function token({ email, password, secret } = owner) {
  const totp_code = secret && code({ email, secret })
  return (await api('/auth/login', { method: 'POST', body: { email, password, totp_code } })).access_token
}

/** Fills the forms of the door that `page` stands before; it is at `home` then. */
export async function enter(page, who, home) {
  await page.fill('[name=email]', who.email)
  await page.fill('[name=password]', who.password)
  await Promise.all([page.waitForURL(who.secret ? '**/login/code**' : home), page.press('[name=password]', 'Enter')])
  if (!who.secret) return
  await page.fill('[name=code]', code(who))
  await Promise.all([page.waitForURL(home), page.press('[name=code]', 'Enter')])
}

/** Signs somebody in, who then stands on a page like `home`. */
async function signIn(who, home) {
  const context = await visitor()
  const page = await context.newPage()
  await page.goto('/login')
  await enter(page, who, home)
  const state = await context.storageState()
  await context.close()
  return state
}

let signing
/** What a browser keeps of the owner's signing in. */
export function signedIn() {
  return (signing ??= signIn(owner, '**/app**'))
}

let operating
/** What a browser keeps of the operator's. */
export function operatorIn() {
  return (operating ??= signIn(operator, '**/ops/queues'))
}

const day = 86_400_000
const iso = at => new Date(at).toISOString().slice(0, 10)

/**
 * Free times of a service of `tenant`, of its first one unless it is named, from the day after tomorrow on:
 * [{ service, date, start, staff_ids }].
 */
export async function free(name, tenant = salon) {
  const services = (await api(`/public/${tenant}/services`)).data
  const service = name === undefined ? services[0] : services.find(it => it.name === name)
  assert.ok(service, `${tenant} offers no ${name}`)
  const from = Date.now() + 2 * day
  const days = await api(`/public/${tenant}/availability/days?service_id=${service.id}&from=${iso(from)}&to=${iso(from + 27 * day)}`)
  const found = []
  for (const { date } of days.days.filter(it => it.slots > 0)) {
    const { slots } = await api(`/public/${tenant}/availability?service_id=${service.id}&date=${date}`)
    found.push(...slots.map(slot => ({ ...slot, service, date })))
    if (found.length > 40) break
  }
  assert.ok(found.length, `${service.name} has no room`)
  return found
}

let counter = 0
/** Books by the API: { public_code, email, … }. */
export async function book({ tenant = salon, slot, name = 'Zoé Durand' } = {}) {
  const email = `zoe-${process.pid}-${++counter}@example.org`
  slot ??= (await free(undefined, tenant)).at(-counter)
  const booking = await api(`/public/${tenant}/bookings`, {
    method: 'POST',
    body: { service_id: slot.service.id, start: slot.start, customer: { name, email } },
  })
  return { ...booking, email, slot }
}

/** What no page and no call does, done in the database. */
export function sql(text) {
  execFileSync(process.env.PSQL, ['--no-psqlrc', '--quiet', process.env.DATABASE_URL, '-c', text])
}

let businesses = 0

/** Opens a business with room for members, and answers the mail to somebody who is invited there. */
export async function invite() {
  const name = `equipe-${process.pid}-${++businesses}`
  const person = { email: `${name}@example.org`, password: 'a long password' }
  const tenant = { name: `Studio ${name}`, timezone: 'Europe/Paris', locale: 'fr' }
  const signedUp = await api('/auth/register', { method: 'POST', body: { ...person, full_name: 'Inès Moreau', tenant } })
  sql(`UPDATE tenants SET plan = 'enterprise' WHERE tenant_id = '${signedUp.tenant.id}'`)
  sql(`UPDATE users SET email_verified_at = now() WHERE id = '${signedUp.user.id}'`)
  const email = `invited-${name}@example.org`
  await api('/invitations', { method: 'POST', token: signedUp.access_token, body: { email, role: 'manager' } })
  return mail(email, it => it.links.some(url => url.includes('/invitation/')))
}

/** The newest mail to an address, when it has come: { id, subject, text, links }. */
export async function mail(to, about = () => true) {
  for (let tries = 0; tries < 100; tries++) {
    const list = await (await fetch(`${origin}/dev/outbox`)).text()
    const ids = [...list.matchAll(/href="\/dev\/outbox\/([^"/]+)"/g)].map(match => match[1])
    for (const id of new Set(ids)) {
      const page = await (await fetch(`${origin}/dev/outbox/${id}`)).text()
      if (!page.includes(to)) continue
      const links = [...page.matchAll(/href="(http[^"]+)"/g)].map(match => match[1].replaceAll('&amp;', '&'))
      const found = { id, page, links }
      if (about(found)) return found
    }
    await new Promise(done => setTimeout(done, 200))
  }
  assert.fail(`no mail for ${to} within 20 s`)
}
