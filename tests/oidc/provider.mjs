// A provider of OpenID Connect on a free port of this machine, which it says on its first line. Whoever comes signs in by
// `?login=` at the interaction: `ana` has a proven address, `unproven` one that is not. NOW is the time it believes it is.
import { generateKeyPairSync, randomUUID } from 'node:crypto'
import { createServer } from 'node:http'

const System = Date
const ahead = new System(process.env.NOW).getTime() - System.now()
globalThis.Date = class extends System {
  constructor(...given) {
    if (given.length) super(...given)
    else super(System.now() + ahead)
  }
  static now() {
    return System.now() + ahead
  }
}
// The first line is the address, and there is no other.
console.info = console.warn = console.log = () => {}
const { default: Provider } = await import('oidc-provider')

const key = (type, options, alg) => ({
  ...generateKeyPairSync(type, options).privateKey.export({ format: 'jwk' }),
  kid: randomUUID(),
  use: 'sig',
  alg,
})
const keys = () => [key('rsa', { modulusLength: 2048 }, 'RS256'), key('ec', { namedCurve: 'P-256' }, 'ES256')]
const client = (client_id, more) => ({
  client_id,
  client_secret: 'the secret: of harmony & co',
  redirect_uris: ['http://127.0.0.1/'],
  grant_types: ['authorization_code'],
  response_types: ['code'],
  ...more,
})
const ways = /^http:\/\/127\.0\.0\.1:\d+\/login\/(oidc\/(google|microsoft)|sso\/[0-9a-f-]{36})\/callback$/

function provider(issuer) {
  const made = new Provider(issuer, {
    clients: [
      client('harmony'),
      client('harmony-ec', { id_token_signed_response_alg: 'ES256', token_endpoint_auth_method: 'client_secret_post' }),
    ],
    jwks: { keys: keys() },
    cookies: { keys: ['of a test'] },
    claims: { openid: ['sub'], email: ['email', 'email_verified'] },
    conformIdTokenClaims: false,
    pkce: { required: () => true },
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_, { uid }) => `/interaction/${uid}` },
    findAccount: (_, sub) => ({
      accountId: sub,
      claims: () => ({ sub, email: `${sub}@example.org`, email_verified: sub !== 'unproven' }),
    }),
    async loadExistingGrant({ oidc }) {
      const grant = new oidc.provider.Grant({ clientId: oidc.client.clientId, accountId: oidc.session.accountId })
      grant.addOIDCScope('openid email')
      await grant.save()
      return grant
    },
  })
  // Where Harmony listens is not known before.
  made.Client.prototype.redirectUriAllowed = uri => ways.test(uri)
  return made
}

let current
const server = createServer(async (request, response) => {
  try {
    const url = new URL(request.url, current.issuer)
    if (url.pathname === '/rotation') {
      // Other keys, and nobody is known any more.
      current = provider(current.issuer)
      response.end()
    } else if (url.pathname.startsWith('/interaction/')) {
      const login = url.searchParams.get('login')
      const result = login ? { login: { accountId: login } } : { error: 'access_denied' }
      await current.interactionFinished(request, response, result)
    } else {
      current.callback()(request, response)
    }
  } catch (error) {
    response.statusCode = 500
    response.end(String(error))
  }
})
server.listen(0, '127.0.0.1', () => {
  const issuer = `http://127.0.0.1:${server.address().port}`
  current = provider(issuer)
  process.stdout.write(`${issuer}\n`)
})
// Whoever started it is gone.
process.stdin.on('end', () => process.exit()).resume()
