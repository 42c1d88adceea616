// Gets a DPoP token and uses it, with two libraries that know nothing of this project.
// Input: a JSON object on standard input with issuer, client_id, private_jwk (a file), scope, write, read, message.
// Output: one JSON object that tells what happened at each step.
import { readFile } from 'node:fs/promises'
import { text } from 'node:stream/consumers'
import * as DPoP from 'dpop'
import * as oauth from 'oauth4webapi'

const asked = JSON.parse(await text(process.stdin))
const plain = { [oauth.allowInsecureRequests]: true }

async function keyOf(path) {
  const jwk = JSON.parse(await readFile(path, 'utf8'))
  const kinds = { RSA: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }, EC: { name: 'ECDSA', namedCurve: 'P-256' } }
  const key = await crypto.subtle.importKey('jwk', jwk, kinds[jwk.kty], false, ['sign'])
  return { key, kid: jwk.kid }
}

async function tokenByOauth4webapi(server, client, proofs) {
  const authentication = oauth.PrivateKeyJwt(await keyOf(asked.private_jwk))
  const parameters = new URLSearchParams({ scope: asked.scope })
  let rounds = 0
  for (;;) {
    rounds += 1
    const response = await oauth.clientCredentialsGrantRequest(server, client, authentication, parameters, {
      DPoP: proofs,
      ...plain,
    })
    try {
      return { rounds, ...(await oauth.processClientCredentialsResponse(server, client, response)) }
    } catch (error) {
      if (!oauth.isDPoPNonceError(error) || rounds > 1) throw error
    }
  }
}

const issuer = new URL(asked.issuer)
const discovered = await oauth.discoveryRequest(issuer, { algorithm: 'oidc', ...plain })
const server = await oauth.processDiscoveryResponse(issuer, discovered)
const client = { client_id: asked.client_id }
const keys = await oauth.generateKeyPair('ES256')
const token = await tokenByOauth4webapi(server, client, oauth.DPoP(client, keys))

const headers = new Headers({ 'content-type': 'application/fhir+json' })
const written = await oauth.protectedResourceRequest(
  token.access_token, 'POST', new URL(asked.write), headers, asked.message, { DPoP: oauth.DPoP(client, keys), ...plain },
)

// The same key by the other library, and a second read with a proof that has been used.
const proof = await DPoP.generateProof(keys, asked.read, 'GET', undefined, token.access_token)
const authorization = { authorization: `DPoP ${token.access_token}`, dpop: proof }
const read = await fetch(asked.read, { headers: authorization })
const again = await fetch(asked.read, { headers: authorization })

console.log(JSON.stringify({
  rounds: token.rounds,
  token_type: token.token_type,
  written: written.status,
  location: written.headers.get('location'),
  read: read.status,
  body: await read.json(),
  again: again.status,
  challenge: again.headers.get('www-authenticate'),
}))
