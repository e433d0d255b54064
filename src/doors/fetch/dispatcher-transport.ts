// The network of a caller who brings one: an undici dispatcher, of whatever copy of undici.
import type { HeaderList } from '../../model/header-list.js'
import type { OriginRequest, OriginResponse, Transport } from '../../model/transport.js'

interface DispatchedResponse {
  readonly statusCode: number
  readonly statusText?: string
  readonly headers: readonly string[] | Readonly<Record<string, string | readonly string[] | undefined>>
  readonly body: AsyncIterable<Uint8Array>
}

/** What is needed of a dispatcher. */
export interface RequestingDispatcher {
  request(options: object): Promise<DispatchedResponse>
}

/** True for a dispatcher that takes requests; the one inside Node does not. */
export function canRequest(dispatcher: unknown): dispatcher is RequestingDispatcher {
  if (typeof dispatcher !== 'object' || dispatcher === null) return false
  return 'request' in dispatcher && typeof dispatcher.request === 'function'
}

/** The network behind a dispatcher. */
export function dispatcherTransport(dispatcher: RequestingDispatcher): Transport {
  return async (request) => received(await dispatcher.request(dispatchOptions(request)))
}

function dispatchOptions({ method, url, headers, body, signal }: OriginRequest): object {
  const { origin, pathname, search } = new URL(url)
  return {
    origin,
    path: `${pathname}${search}`,
    method,
    headers: headers.flat(),
    body: body ?? null,
    signal,
    responseHeaders: 'raw',
  }
}

function received({ statusCode, statusText, headers, body }: DispatchedResponse): OriginResponse {
  const list = isFlat(headers) ? pairs(headers) : listOf(headers)
  return { status: statusCode, headers: list, body, ...(statusText === undefined ? {} : { statusText }) }
}

function isFlat(headers: DispatchedResponse['headers']): headers is readonly string[] {
  return Array.isArray(headers)
}

function pairs(flat: readonly string[]): HeaderList {
  return Array.from({ length: flat.length >> 1 }, (_, index) => [
    String(flat[index * 2]),
    String(flat[index * 2 + 1]),
  ])
}

/** A dispatcher that puts something of its own between may give a record all the same. */
function listOf(record: Exclude<DispatchedResponse['headers'], readonly string[]>): HeaderList {
  return Object.entries(record).flatMap(([name, value]) => {
    const values = value === undefined ? [] : typeof value === 'string' ? [value] : value
    return values.map((one) => [name, one] as const)
  })
}
