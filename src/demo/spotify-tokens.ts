// Spotify's token endpoint (client credentials) and the check of the tokens it gave out.
import type { HeaderList } from '../model/header-list.js'
import { DEMO_CREDENTIALS } from './local-origin.js'
import type { LoopbackReply, LoopbackRequest } from './loopback-server.js'
import { jsonReply } from './provider-routes.js'
import { codeFor } from './random.js'

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

const HEADERS: HeaderList = [
  ['Content-Type', 'application/json'],
  ['Cache-Control', 'no-cache, no-store, must-revalidate'],
  ['Server', 'nginx'],
  ['Vary', 'Accept-Encoding'],
]

/** Gives out tokens and knows them again. */
export interface SpotifyTokens {
  /** The answer of `POST /api/token`. */
  answer(request: LoopbackRequest): LoopbackReply
  /** The refusal of a request whose `Authorization` is not a living token, else undefined. */
  refuse(authorization: string | undefined): LoopbackReply | undefined
}

/** Tokens that live for `lifeSeconds` by the given clock. */
export function createSpotifyTokens(options: {
  readonly seed: number
  readonly lifeSeconds: number
  readonly nowMs: () => number
}): SpotifyTokens {
  const endsAtMs = new Map<string, number>()
  return {
    answer({ method, headers, body }) {
      if (method !== 'POST') return tokenError('invalid_request', 'The token endpoint takes POST.')
      if (headers.authorization !== expectedBasic()) return tokenError('invalid_client', 'Invalid client')
      if (new URLSearchParams(body).get('grant_type') !== 'client_credentials') {
        return tokenError('unsupported_grant_type', 'grant_type must be client_credentials')
      }
      const token = `BQ${codeFor(`token ${options.seed} ${endsAtMs.size}`, 80, ALPHABET)}`
      endsAtMs.set(token, options.nowMs() + options.lifeSeconds * 1000)
      return jsonReply(200, HEADERS, {
        access_token: token,
        token_type: 'Bearer',
        expires_in: options.lifeSeconds,
        scope: '',
      })
    },
    refuse(authorization) {
      const token = /^Bearer (.+)$/.exec(authorization ?? '')?.[1]
      if (token === undefined) return unauthorized('No token provided')
      const endAtMs = endsAtMs.get(token)
      if (endAtMs === undefined) return unauthorized('Invalid access token')
      return endAtMs > options.nowMs() ? undefined : unauthorized('The access token expired')
    },
  }
}

function expectedBasic(): string {
  const { SPOTIFY_CLIENT_ID: id, SPOTIFY_CLIENT_SECRET: secret } = DEMO_CREDENTIALS
  return `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`
}

function tokenError(error: string, description: string): LoopbackReply {
  return jsonReply(400, HEADERS, { error, error_description: description })
}

function unauthorized(message: string): LoopbackReply {
  const challenge = `Bearer realm="spotify", error="invalid_token", error_description="${message}"`
  return jsonReply(
    401,
    [
      ['Content-Type', 'application/json'],
      ['WWW-Authenticate', challenge],
    ],
    { error: { status: 401, message } },
  )
}
