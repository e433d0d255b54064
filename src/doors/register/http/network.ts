// The network of the hook: a request of node:http like the one that was caught, with its agent and all its options.
import type { ClientRequest, IncomingMessage, RequestOptions } from 'node:http'
import type { Socket } from 'node:net'
import { pairsOfFlat } from '../../../http/raw-fields.js'
import type { HeaderList } from '../../../model/header-list.js'
import type { OriginRequest, OriginResponse, Transport } from '../../../model/transport.js'
import { builtIn } from '../../../shared/built-in.js'
import { BodyQueue } from '../../../shared/body-queue.js'
import { PASSES } from './agent-hook.js'
import type { RequestOptions as GivenOptions } from './request-target.js'

/** The call that the network is for. */
export interface CaughtCall {
  readonly request: ClientRequest
  readonly options: GivenOptions
  readonly agent: object
  readonly url: string
  /** Fields of the connection, sent as they were given. */
  readonly connection: HeaderList
}

/** Makes the transport of one call; `onSocket` is told of each socket that it goes over. */
export function networkOf(given: CaughtCall, onSocket: (socket: Socket) => void): Transport {
  const call = { ...given, onSocket }
  return async (asked) => {
    const first = await attempt(call, asked)
    if (first.kind === 'response') return first.response
    if (!first.isDeadConnection || asked.signal.aborted) throw first.error
    // The connection had been kept open and was closed from afar before the request came: nobody has seen it.
    const second = await attempt(call, asked)
    if (second.kind === 'response') return second.response
    throw second.error
  }
}

type Attempt =
  | { readonly kind: 'response'; readonly response: OriginResponse }
  | { readonly kind: 'error'; readonly error: unknown; readonly isDeadConnection: boolean }

interface WatchedCall extends CaughtCall {
  readonly onSocket: (socket: Socket) => void
}

function attempt(call: WatchedCall, asked: OriginRequest): Promise<Attempt> {
  return new Promise((resolve) => {
    const request = requestFor(call, optionsOf(call, asked))
    request.maxHeadersCount = call.request.maxHeadersCount
    const { signal } = asked
    const abort = (): void => void request.destroy(asError(signal.reason))
    request.once('socket', call.onSocket)
    request.once('response', (response) => resolve({ kind: 'response', response: originResponse(response) }))
    request.on('error', (error: NodeJS.ErrnoException) => {
      const isDeadConnection = request.reusedSocket && error.code === 'ECONNRESET' && !signal.aborted
      resolve({ kind: 'error', error: signal.aborted ? signal.reason : error, isDeadConnection })
    })
    request.once('close', () => {
      signal.removeEventListener('abort', abort)
      // Nobody asked for another protocol: Node lets go of such a connection without a word.
      resolve({ kind: 'error', error: hungUp(), isDeadConnection: false })
    })
    if (signal.aborted) abort()
    else signal.addEventListener('abort', abort)
    request.end()
  })
}

/** Some agents take a call for a secure one only where they find node:https among their callers. */
function requestFor({ request, agent }: CaughtCall, options: RequestOptions): ClientRequest {
  const { protocol = request.protocol } = agent as { readonly protocol?: string }
  return protocol === request.protocol
    ? new (builtIn('http').ClientRequest)(options)
    : builtIn('https').request(options)
}

function optionsOf(
  { request, options, agent, url, connection }: CaughtCall,
  asked: OriginRequest,
): RequestOptions {
  return {
    ...options,
    // Already among the fields.
    auth: undefined,
    agent,
    protocol: request.protocol,
    method: asked.method,
    path: asked.url === url ? (options['path'] as string | undefined) : pathOf(asked.url, request.path),
    headers: fieldsByName([...asked.headers, ...connection]),
    [PASSES]: true,
  } as RequestOptions
}

/** A proxy is asked for whole URLs. */
function pathOf(url: string, original: string): string {
  return original.startsWith('/') ? url.replace(/^[^:]+:\/\/[^/?#]*/, '') : url
}

function fieldsByName(fields: HeaderList): Record<string, string | string[]> {
  const byName = new Map<string, [string, string[]]>()
  for (const [name, value] of fields) {
    const known = byName.get(name.toLowerCase())
    if (known === undefined) byName.set(name.toLowerCase(), [name, [value]])
    else known[1].push(value)
  }
  return Object.fromEntries(
    [...byName.values()].map(([name, values]) => [name, values.length === 1 ? (values[0] ?? '') : values]),
  )
}

function originResponse(response: IncomingMessage): OriginResponse {
  const { statusCode = 0, statusMessage = '', rawHeaders } = response
  const headers = pairsOfFlat(rawHeaders)
  return { status: statusCode, statusText: statusMessage, headers, body: bodyOf(response) }
}

/** Cheaper than the stream's own iterator, which a call would pay for twice. */
function bodyOf(response: IncomingMessage): BodyQueue {
  const body = new BodyQueue({
    resume: () => void response.resume(),
    stop: () => void response.destroy(),
  })
  response.on('data', (chunk: Buffer) => {
    if (!body.push(chunk)) response.pause()
  })
  response.once('end', () => body.end())
  response.on('error', (error) => body.fail(error))
  return body
}

function hungUp(): Error {
  return Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' })
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error('aborted', { cause: reason })
}
