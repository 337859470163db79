// One mail of each kind that there is, sent by a demo to those who do what it is sent for.
import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { api, book, free, invite, mail, operator, salon, sql, token } from './demo.mjs'
import { origin } from './harness.mjs'

/** What stands in the folder of mails and is none itself. */
const parts = new Set(['layout', 'parts'])
const folder = new URL('../../../templates/mail/', import.meta.url)
/** What a mail about an account can be about. */
const account = ['reset_link', 'account_reminder', 'email_confirmation', 'email_change', 'password_changed']
export const kinds = readdirSync(folder)
  .filter(file => file.endsWith('.html'))
  .map(file => file.replace('.html', ''))
  .filter(kind => !parts.has(kind))
  .flatMap(kind => (kind === 'account' ? account : [kind]))

let counter = 0
const post = (path, body, token) => api(path, { method: 'POST', body, token })
const newer = (to, ...known) => mail(to, it => known.every(one => one.id !== it.id))

/** Opens a business of one's own: { email, password, name }. */
async function signUp(name, full_name) {
  const person = { email: `${name.toLowerCase().replace(/\W+/g, '-')}-${process.pid}-${++counter}@example.org`, password: 'a long password' }
  await post('/auth/register', { ...person, full_name, tenant: { name, timezone: 'Europe/Paris', locale: 'fr' } })
  return person
}

/** The page says the same to whoever signs up; who has an account already is told so by mail. */
async function signUpOnThePage(owner) {
  const form = { ...owner, full_name: 'Léa Blanc', tenant_name: 'Studio Léa', slug: '', timezone: 'Europe/Paris', locale: 'fr' }
  const response = await fetch(`${origin}/signup`, { method: 'POST', headers: { Origin: origin }, body: new URLSearchParams(form), redirect: 'manual' })
  assert.equal(response.status, 303, await response.text())
}

/** Books until the plan warns: four fifths of what it includes in a month. */
async function nearItsLimit() {
  const owner = await signUp('Studio Plein', 'Jeanne Morin')
  const first = await mail(owner.email)
  const bearer = await token(owner)
  const service = await post('/services', { name: 'Séance', duration_minutes: 15, price_cents: 4000 }, bearer)
  const { slug } = await api('/tenant', { token: bearer })
  const slots = await free('Séance', slug)
  for (const [index, { start }] of slots.slice(0, 40).entries()) {
    const customer = { name: `Client ${index + 1}`, email: `client-${index}@example.org` }
    await post('/bookings', { service_id: service.id, start, customer, notifications: { email: false } }, bearer)
  }
  return newer(owner.email, first)
}

/** Has a booking reminded of now: by itself that waits for the evening before. */
function remind({ public_code }) {
  sql(`INSERT INTO jobs (tenant_id, id, queue, kind, payload, run_at)
    SELECT tenant_id, gen_random_uuid(), 'email', 'send_booking_reminder',
      json_build_object('booking_id', id, 'sequence', sequence), now()
    FROM bookings WHERE public_code = '${public_code}'`)
}

/** Books the same time three weeks in a row. */
async function comeRegularly() {
  const owner = await signUp('Studio Régulier', 'Anne Petit')
  const bearer = await token(owner)
  const service = await post('/services', { name: 'Cours', duration_minutes: 60, price_cents: 3000 }, bearer)
  const { slug } = await api('/tenant', { token: bearer })
  const [{ start }] = await free('Cours', slug)
  const customer = { name: 'Yves Roy', email: `yves-${process.pid}@example.org` }
  await post(`/public/${slug}/series`, { booking: { service_id: service.id, start, customer }, recurrence: 'FREQ=WEEKLY;COUNT=3' })
  return mail(customer.email)
}

/** Waits for a time of a small business, and is offered the one that somebody cancels: [welcome, offer]. */
async function waitForATime() {
  const owner = await signUp('Studio Attente', 'Rose Petit')
  const bearer = await token(owner)
  const service = await post('/services', { name: 'Journée', duration_minutes: 600, price_cents: 9000 }, bearer)
  const { slug } = await api('/tenant', { token: bearer })
  const [{ start, date }] = await free('Journée', slug)
  const booking = await post('/bookings', { service_id: service.id, start, customer: { name: 'Paul Roy', email: 'paul.roy@example.org' }, notifications: { email: false } }, bearer)
  const customer = { name: 'Lola Morel', email: `lola-${process.pid}@example.org` }
  await post(`/public/${slug}/waitlist`, { service_id: service.id, from: date, to: date, customer })
  const welcome = await mail(customer.email)
  await post(`/bookings/${booking.id}/cancellation`, {}, bearer)
  return [welcome, await newer(customer.email, welcome)]
}

/** The platform suspends a business. */
async function isSuspended() {
  const owner = await signUp('Studio Fermé', 'Hugo Blanc')
  const first = await mail(owner.email)
  const { id } = await api('/tenant', { token: await token(owner) })
  await api(`/admin/tenants/${id}/suspension`, { method: 'PUT', token: await token(operator), body: { reason: 'Trois factures restent impayées.' } })
  return newer(owner.email, first)
}

/** A customer asks for a link to sign in. */
async function askForALink({ email }, ...known) {
  const response = await fetch(`${origin}/${salon}/account`, { method: 'POST', headers: { Origin: origin }, body: new URLSearchParams({ email }), redirect: 'manual' })
  assert.equal(response.status, 303, await response.text())
  return newer(email, ...known)
}

/** The HTML of each: { kind: html }. */
export async function mails() {
  const sent = {}
  const room = await free()
  const booking = await book({ slot: room.at(-5), name: 'Zoé Durand' })
  sent.booking_confirmation = await mail(booking.email)
  const own = { email: booking.email }
  const at = `/public/${salon}/bookings/${booking.public_code}`
  await post(`${at}/reschedule`, { ...own, start: room.at(-9).start, staff_id: room.at(-9).staff_ids[0] })
  sent.booking_reschedule = await newer(booking.email, sent.booking_confirmation)
  remind(booking)
  sent.booking_reminder = await newer(booking.email, sent.booking_confirmation, sent.booking_reschedule)
  await post(`${at}/cancellation`, { ...own, reason: 'Un imprévu, je reviens vers vous le mois prochain.' })
  sent.booking_cancellation = await newer(booking.email, sent.booking_confirmation, sent.booking_reschedule, sent.booking_reminder)

  sent.customer_sign_in = await askForALink(booking, ...Object.values(sent))

  const owner = await signUp('Studio Léa', 'Léa Blanc')
  sent.email_verification = await mail(owner.email)
  await post('/auth/forgot-password', { email: owner.email })
  sent.reset_link = await newer(owner.email, sent.email_verification)
  await signUpOnThePage(owner)
  sent.account_reminder = await newer(owner.email, sent.email_verification, sent.reset_link)
  const bearer = await token(owner)
  const current_password = owner.password
  await post('/me/email', { email: `new-${owner.email}`, current_password }, bearer)
  const of = part => mail(owner.email, it => it.links.some(url => url.includes(part)))
  sent.email_confirmation = await of('/account/email/')
  sent.email_change = await of('/account/email-undo/')
  await api('/me/password', { method: 'PUT', token: bearer, body: { current_password, password: 'another long password' } })
  sent.password_changed = await newer(owner.email, ...Object.values(sent))
  sent.invitation = await invite()
  sent.limit_warning = await nearItsLimit()
  sent.platform = await isSuspended()
  sent.series_confirmation = await comeRegularly()
  ;[sent.waitlist_welcome, sent.waitlist_offer] = await waitForATime()

  assert.deepEqual(Object.keys(sent).sort(), [...kinds].sort(), 'every kind of mail is sent once')
  const html = async ({ id }) => (await fetch(`${origin}/dev/outbox/${id}/html`)).text()
  return Object.fromEntries(await Promise.all(Object.entries(sent).map(async ([kind, one]) => [kind, await html(one)])))
}
