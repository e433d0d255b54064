// The header fields of a request of node:http, in the order and with the names that its program gave them.
import type { ClientRequest, OutgoingHttpHeader } from 'node:http'
import type { HeaderList } from '../../../model/header-list.js'

/** All fields as they will be sent; `given` are those of the request's options. */
export function requestFields(request: ClientRequest, given: unknown): HeaderList {
  // Fields given as a list are sent as they stand, and cannot be changed.
  if (Array.isArray(given)) return listed(given)
  return request.getRawHeaderNames().flatMap((name) => lines(name, request.getHeader(name)))
}

function listed(given: readonly unknown[]): HeaderList {
  if (Array.isArray(given[0])) {
    return (given as readonly (readonly [string, OutgoingHttpHeader])[]).flatMap(([name, value]) =>
      lines(name, value),
    )
  }
  const flat = given as readonly OutgoingHttpHeader[]
  return flat.flatMap((name, index) => (index % 2 === 0 ? lines(String(name), flat[index + 1]) : []))
}

/** One line per value, save for cookies, which are one line in all. */
function lines(name: string, value: OutgoingHttpHeader | undefined): HeaderList {
  if (value === undefined) return []
  if (!Array.isArray(value)) return [[name, String(value)]]
  if (name.toLowerCase() === 'cookie') return [[name, value.join('; ')]]
  return value.map((one) => [name, String(one)] as const)
}
