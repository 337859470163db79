// How to get to the pages of the table: what stands for the parameters in their paths, and which questions they need.
import { api, book, free, invite, mail, operator, owner, salon, sql, token } from './demo.mjs'
import { origin } from './harness.mjs'

/** What is no page to look at: files, a way on, what never ends, what comes after a password alone, or after hundreds, or from elsewhere. */
const silent = new Set(['/assets/{path:.*}', '/app/customers/export/file', '/app/account/data', '/app/account/identities/confirmation', '/app/account/identities/{id}/removal', '/app/customers/{id}/data', '/app/customers/imports/{id}/report', '/app/intake-files/{id}', '/app/look', '/app/settings/audit/file', '/app/stream', '/login/code', '/login/code/passkey', '/login/oidc/{provider}', '/login/oidc/{provider}/callback', '/login/sso/{id}/callback', '/ops', '/ops/stream', '/dev/outbox/{id}/attachments/{index}', '/dev/routes', '/sso/{slug}', '/sso/{slug}/start', '/unlock/{token}'])
/** Whose policy forbids the scripts that a test would look with: mails.test.mjs looks at the mails. */
const sealed = new Set(['/dev/outbox/{id}/html'])

const once = act => {
  let result
  return () => (result ??= act())
}

const slot = once(async () => (await free())[8])
const booking = once(async () => book({ slot: (await free()).at(-3) }))
const link = once(async () => {
  const { links } = await mail((await booking()).email)
  return links.find(it => it.startsWith(`${origin}/manage/`)).slice(`${origin}/manage/`.length).split(/[/?]/)[0]
})
const signUp = once(async () => {
  const email = `nora-${process.pid}@example.org`
  await api('/auth/register', {
    method: 'POST',
    body: { email, password: 'a long password', full_name: 'Nora Petit', tenant: { name: `Atelier Nora ${process.pid}`, timezone: 'Europe/Paris', locale: 'fr' } },
  })
  return email
})
const lastSegment = (links, part) => links.find(it => it.includes(part)).split('?')[0].split('/').at(-1)

const tokens = {
  manage: link,
  // It opens as long as the deposit is waited for.
  checkout: once(async () => {
    const { deposit } = await book({ slot: (await free('Balayage')).at(-2) })
    return deposit.pay_url.split('/').at(-2)
  }),
  waitlist: once(async () => {
    const { data: [service] } = await api(`/public/${salon}/services`)
    const day = offset => new Date(Date.now() + offset * 86400e3).toISOString().slice(0, 10)
    const customer = { name: 'Iris Blanc', email: `iris-${process.pid}@example.org` }
    const joined = await api(`/public/${salon}/waitlist`, { method: 'POST', body: { service_id: service.id, from: day(1), to: day(8), customer } })
    return joined.manage_url.split('/').at(-1)
  }),
  verify: once(async () => lastSegment((await mail(await signUp(), it => it.links.some(url => url.includes('/verify/')))).links, '/verify/')),
  reset: once(async () => {
    const email = await signUp()
    await api('/auth/forgot-password', { method: 'POST', body: { email } })
    return lastSegment((await mail(email, it => it.links.some(url => url.includes('/reset/')))).links, '/reset/')
  }),
}

/** Of a change of address: the mails to the new one and to the old. */
const emailChange = once(async () => {
  const person = { email: `nils-${process.pid}@example.org`, password: 'a long password' }
  const tenant = { name: `Atelier Nils ${process.pid}`, timezone: 'Europe/Paris', locale: 'fr' }
  const { access_token } = await api('/auth/register', { method: 'POST', body: { ...person, full_name: 'Nils Roy', tenant } })
  const email = `nils-new-${process.pid}@example.org`
  await api('/me/email', { method: 'POST', token: access_token, body: { email, current_password: person.password } })
  const of = part => mail(email, it => it.links.some(url => url.includes(part)))
  return { confirm: await of('/account/email/'), undo: await of('/account/email-undo/') }
})
tokens.email = once(async () => lastSegment((await emailChange()).confirm.links, '/account/email/'))
tokens['email-undo'] = once(async () => lastSegment((await emailChange()).undo.links, '/account/email-undo/'))

tokens['sign-in'] = once(async () => {
  const { email } = await booking()
  const body = new URLSearchParams({ email })
  await fetch(`${origin}/${salon}/account`, { method: 'POST', headers: { Origin: origin }, body, redirect: 'manual' })
  return lastSegment((await mail(email, it => it.links.some(url => url.includes('/account/sign-in/')))).links, '/account/sign-in/')
})

tokens.invitation = once(async () => lastSegment((await invite()).links, '/invitation/'))

const first = path => once(async () => (await api(path, { token: await token(owner) })).data[0].id)
const ids = {
  services: first('/services'),
  staff: first('/staff'),
  // One that can still be moved and cancelled.
  bookings: once(async () => {
    const { public_code } = await booking()
    const found = (await api(`/bookings?q=${public_code}`, { token: await token(owner) })).data
    return found.find(it => it.public_code === public_code).id
  }),
  customers: first('/customers'),
  imports: once(async () => {
    const answer = await fetch(`${origin}/api/v1/customers/imports`, {
      method: 'POST',
      headers: { authorization: `Bearer ${await token(owner)}`, 'content-type': 'text/csv' },
      body: 'Prénom;Nom;E-mail;Téléphone;Ville\nZoé;Petit;zoe.petit@example.org;06 12 34 56 78;Lyon\nAlix;Roy;alix.roy@example.org;;Paris\n',
    })
    return (await answer.json()).id
  }),
  events: once(async () => {
    const signed = await token(owner)
    const staff_id = (await api('/staff', { token: signed })).data[0].id
    const body = { staff_id, title: 'Atelier', start: '2031-03-04T12:00', end: '2031-03-04T13:00', recurrence: 'FREQ=WEEKLY;COUNT=3' }
    return (await api('/events', { method: 'POST', token: signed, body })).id
  }),
  // As the database keeps one: what has no authenticator can be seen all the same.
  passkeys: once(async () => {
    sql(`INSERT INTO passkeys (user_id, id, name, credential_id, credential, created_at)
      SELECT id, gen_random_uuid(), 'Téléphone', uuid_send(gen_random_uuid()), '{}', now() FROM users WHERE email = '${owner.email}'`)
    return (await api('/me/passkeys', { token: await token(owner) })).passkeys.at(-1).id
  }),
  outbox: once(async () => (await mail((await booking()).email)).id),
  tenants: once(async () => (await api('/admin/tenants', { token: await token(operator) })).data[0].id),
}

// One that waits for a day that is far off: it stays.
const job = once(async () => {
  const { data } = await api('/admin/jobs?state=scheduled&limit=200', { token: await token(operator) })
  return data.at(-1)
})

const two = once(async () => (await api('/customers?limit=2', { token: await token(owner) })).data)

const questions = {
  '/app/customers/merge': async () => {
    const [one, other] = await two()
    return { one: one.id, other: other.id }
  },
  '/ops/jobs/retry': async () => ({ queue: 'email' }),
  '/ops/jobs/delete': async () => ({ queue: 'email' }),
  '/{tenant}/book/staff': async () => ({ service_id: (await slot()).service.id }),
  '/{tenant}/book/waitlist': async () => ({ service_id: (await slot()).service.id }),
  // With a second service, so that all that can stand on the page does.
  '/{tenant}/book/time': async () => {
    const { data } = await api(`/public/${salon}/services`)
    const { service, date } = await slot()
    return { service_id: service.id, then: data.find(it => it.id !== service.id).id, date }
  },
  '/{tenant}/book/details': async () => {
    const { service, start, date, staff_ids } = await slot()
    return { service_id: service.id, staff_id: staff_ids[0], start, date }
  },
}
// In a frame they ask the same.
for (const [path, question] of Object.entries(questions)) if (path.startsWith('/{tenant}/book')) questions[`/embed${path}`] = question

/** The address of a page of the table; null if there is nothing to look at. */
export async function address(path) {
  if (silent.has(path) || sealed.has(path)) return null
  const segments = []
  const parts = path.split('/')
  for (const [index, part] of parts.entries()) {
    const name = part.match(/^\{(\w+).*\}$/)?.[1]
    const before = parts[index - 1]
    if (!name) segments.push(part)
    else if (name === 'tenant' && (index === 1 || before === 'embed')) segments.push(salon)
    else if (name === 'queue') segments.push('email')
    else if (name === 'tenant_id') segments.push((await job()).tenant_id)
    else if (name === 'id' && parts[index - 1] === '{tenant_id}') segments.push((await job()).id)
    else if (name === 'token' && tokens[parts[index + 1]]) segments.push(await tokens[parts[index + 1]]())
    else if (name === 'token' && tokens[before]) segments.push(await tokens[before]())
    else if (name === 'id' && ids[before]) segments.push(await ids[before]())
    else throw new Error(`tests/browser/support/places.mjs does not say what {${name}} of ${path} is`)
  }
  const question = new URLSearchParams((await questions[path]?.()) ?? {})
  return segments.join('/') + (question.size ? `?${question}` : '')
}

/** Questions by which a page becomes another one. */
const views = {
  '/app/calendar': async () => [{ view: 'week' }, { view: 'week', staff: await ids.staff() }, { view: 'month' }, { view: 'list' }],
}

/** All addresses of a page: of one with several views, each. */
export async function addresses(path) {
  const first = await address(path)
  if (first === null) return []
  const others = (await views[path]?.()) ?? []
  return [first, ...others.map(question => `${first}${first.includes('?') ? '&' : '?'}${new URLSearchParams(question)}`)]
}
