// An origin that no service claims, so that its answers are kept as RFC 9111 has it, and that dates them by the clock
// that tests move.
import type { ServiceOptions } from '../../src/config/service-options.js'
import type { CachedResponse } from '../../src/doors/fetch/index.js'
import type { CacheMode } from '../../src/model/demands.js'
import { type CacheWorld, openWorld, type WorldOptions } from '../helpers/cache-world.js'
import type { ScriptedReply, SeenRequest } from '../helpers/loopback-origin.js'

/** A world whose origin is nobody's. */
export interface HttpWorld extends CacheWorld {
  /** Where the origin is, by a name that no service claims. */
  readonly base: string
  /** Scripts a path; what it answers gets a `Date`. */
  script(path: string, reply: ScriptedReply | ((request: SeenRequest) => ScriptedReply)): void
  /** Calls, and reads the whole body. */
  ask(path: string, init?: AskInit): Promise<Asked>
}

/** What a call may differ in. */
export interface AskInit {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  readonly cache?: CacheMode
  readonly signal?: AbortSignal
  readonly redirect?: 'follow' | 'manual' | 'error'
}

/** An answer with its body. */
export interface Asked {
  readonly status: number
  readonly text: string
  readonly headers: Headers
  readonly outcome: string | undefined
  readonly because: string | undefined
}

/** Makes one; `http` are settings of unclaimed hosts. */
export async function openHttpWorld(
  options: WorldOptions & { readonly http?: Partial<ServiceOptions> } = {},
): Promise<HttpWorld> {
  const { http, ...rest } = options
  const world = await openWorld({ ...(http === undefined ? {} : { defaults: { http } }), ...rest })
  const { origin, clock, cachette } = world
  const base = origin.url.replace('127.0.0.1', 'localhost')
  const dated = (reply: ScriptedReply): ScriptedReply => ({
    ...reply,
    headers: { date: new Date(clock.nowMs()).toUTCString(), ...reply.headers },
  })
  return {
    ...world,
    base,
    script: (path, reply) =>
      origin.on(path, (request) => dated(typeof reply === 'function' ? reply(request) : reply)),
    async ask(path, init = {}) {
      const response: CachedResponse = await cachette.fetch(`${base}${path}`, init)
      const text = await response.text()
      const { status, headers, cachette: report } = response
      return { status, text, headers, outcome: report?.outcome, because: report?.because }
    },
  }
}
