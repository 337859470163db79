// How long the server needs to make each page of the table out of what the database said, in its own words
// (Server-Timing), and how much processor time a whole request costs it: a table in Markdown.
import { readFileSync } from 'node:fs'
import { signedIn } from './support/demo.mjs'
import { close, origin } from './support/harness.mjs'
import { addresses } from './support/places.mjs'

const rounds = 200
const table = await (await fetch(`${origin}/dev/routes`)).json()
const state = await signedIn()
const cookie = state.cookies.map(({ name, value }) => `${name}=${value}`).join('; ')

/** What the process has used so far, in milliseconds; the kernel counts in ticks of 10. */
function used() {
  const fields = readFileSync(`/proc/${process.env.API_PID}/stat`, 'utf8').split(') ')[1].split(' ')
  return (Number(fields[11]) + Number(fields[12])) * 10
}

const at = (sorted, share) => sorted[Math.floor((sorted.length - 1) * share)]

console.log('| page | bytes | render p50 | p99 | processor, whole request |\n| --- | ---: | ---: | ---: | ---: |')
let slowest = 0
for (const { method, path, access } of table) {
  if (method !== 'GET' || access === 'development') continue
  for (const where of await addresses(path)) await measure(path, where, access)
}
console.log(`\nThe slowest p50: ${slowest.toFixed(2)} ms.`)
await close()

async function measure(path, where, access) {
  const ask = () => fetch(origin + where, { redirect: 'manual', headers: { ...(access === 'member' && { cookie }), 'accept-language': 'fr' } })
  const first = await ask()
  const bytes = (await first.arrayBuffer()).byteLength
  if (!first.headers.get('server-timing')) return
  for (let warm = 0; warm < 20; warm++) await (await ask()).text()
  const times = []
  const before = used()
  for (let round = 0; round < rounds; round++) {
    const response = await ask()
    await response.text()
    times.push(Number(response.headers.get('server-timing').match(/dur=([\d.]+)/)[1]))
  }
  const processor = (used() - before) / rounds
  times.sort((one, two) => one - two)
  slowest = Math.max(slowest, at(times, 0.5))
  const view = new URL(where, origin).searchParams.get('view')
  console.log(`| \`${path}${view ? `?view=${view}` : ''}\` | ${bytes} | ${at(times, 0.5).toFixed(2)} ms | ${at(times, 0.99).toFixed(2)} ms | ${processor.toFixed(1)} ms |`)
}
