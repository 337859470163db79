// Prints where pages of the table are in a demo: node tests/browser/addresses.mjs '/{tenant}' '/manage/{token}'
import { close, origin } from './support/harness.mjs'
import { address } from './support/places.mjs'

for (const path of process.argv.slice(2)) console.log(path, origin + (await address(path)))
await close()
