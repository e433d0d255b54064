// Application tokens by the client-credentials grant, kept in this process' memory only.
// https://www.rfc-editor.org/rfc/rfc6749#section-4.4
import * as v from 'valibot'
import { CachetteError } from '../errors/cachette-error.js'
import type { Authorization } from '../model/profile.js'
import type { Clock } from '../shared/clock.js'
import { gatherReply } from './gather-reply.js'
import type { OriginCall, OriginReply } from './origin-call.js'

/** A grant to be had. */
export type ClientCredentials = Extract<Authorization, { kind: 'client-credentials' }>

/** Tokens of all services of an instance. */
export interface TokenSource {
  /** The token in force, fetched once however many ask, and anew before it expires. */
  get(credentials: ClientCredentials, call: OriginCall): Promise<string>
  /** Says that the origin refused a token, so that the next call fetches another. */
  refuse(credentials: ClientCredentials, accessToken: string): void
}

/** Sends the token request; `receive` in the pipeline. */
export type TokenExchange = (call: OriginCall) => Promise<OriginReply>

interface HeldToken {
  readonly accessToken: string
  readonly renewAtMs: number
}

/** A token is renewed this long before it expires, or after half its life if that is shorter. */
const RENEW_BEFORE_MS = 60_000

/** No token is longer. */
const MAX_REPLY_BYTES = 1024 ** 2

const replySchema = v.object({
  access_token: v.pipe(v.string(), v.nonEmpty()),
  token_type: v.pipe(v.string(), v.toLowerCase(), v.literal('bearer')),
  expires_in: v.optional(v.pipe(v.number(), v.minValue(0)), 3_600),
})

/** Makes a source of tokens. */
export function createTokenSource(clock: Clock, exchange: TokenExchange): TokenSource {
  const held = new Map<string, HeldToken>()
  const pending = new Map<string, Promise<string>>()

  async function fetchToken(credentials: ClientCredentials, call: OriginCall, id: string): Promise<string> {
    const askedAtMs = clock.monotonicMs()
    const reply = await exchange(tokenCall(credentials, call))
    const text = new TextDecoder().decode(await gatherReply(reply, MAX_REPLY_BYTES))
    const { access_token: accessToken, expires_in: lifeSeconds } = readReply(
      { status: reply.status, text },
      credentials,
      call,
    )
    const lifeMs = lifeSeconds * 1_000
    held.set(id, { accessToken, renewAtMs: askedAtMs + lifeMs - Math.min(RENEW_BEFORE_MS, lifeMs / 2) })
    return accessToken
  }

  return {
    async get(credentials, call) {
      const id = `${credentials.tokenUrl} ${credentials.clientId}`
      const known = held.get(id)
      if (known !== undefined && clock.monotonicMs() < known.renewAtMs) {
        return known.accessToken
      }
      const joined = pending.get(id)
      if (joined !== undefined) return joined
      const fetching = fetchToken(credentials, call, id).finally(() => pending.delete(id))
      pending.set(id, fetching)
      return fetching
    },
    refuse(credentials, accessToken) {
      const id = `${credentials.tokenUrl} ${credentials.clientId}`
      if (held.get(id)?.accessToken === accessToken) held.delete(id)
    },
  }
}

function tokenCall({ tokenUrl, clientId, clientSecret }: ClientCredentials, call: OriginCall): OriginCall {
  const basic = Buffer.from(`${clientId}:${clientSecret}`).toString('base64')
  return {
    ...call,
    method: 'POST',
    url: tokenUrl,
    redactedUrl: tokenUrl,
    headers: [
      ['authorization', `Basic ${basic}`],
      ['content-type', 'application/x-www-form-urlencoded'],
      ['accept', 'application/json'],
    ],
    body: new TextEncoder().encode('grant_type=client_credentials'),
    // Many calls may wait for one token: no single one of them can cancel it.
    signal: new AbortController().signal,
    endsAtMs: undefined,
    takes: 'whole',
    keepsCoding: false,
    authorization: { kind: 'none' },
  }
}

function readReply(
  reply: { readonly status: number; readonly text: string },
  credentials: ClientCredentials,
  call: OriginCall,
): v.InferOutput<typeof replySchema> {
  const { service } = call
  const facts = {
    service,
    url: credentials.tokenUrl,
    status: reply.status,
    attempts: call.attempts.count,
  }
  if (reply.status >= 400 && reply.status < 500 && reply.status !== 429) {
    throw new CachetteError(
      'CACHETTE_CREDENTIALS',
      `${credentials.tokenUrl} refused the client credentials of ${service} with status ${reply.status}; check the client id and the client secret`,
      facts,
    )
  }
  if (reply.status >= 300) {
    throw new CachetteError(
      'CACHETTE_ORIGIN_UNREACHABLE',
      `${credentials.tokenUrl} gave no token for ${service}: status ${reply.status}; try again later`,
      facts,
    )
  }
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), replySchema), reply.text)
  if (parsed.success) return parsed.output
  throw new CachetteError(
    'CACHETTE_INVALID_RESPONSE',
    `${credentials.tokenUrl} answered without a bearer token for ${service}`,
    facts,
  )
}
