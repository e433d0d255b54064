// The headers that fetch sends where the caller says nothing. They are put on at the network, so they never take part in
// a key, and a hit does not pay for them.
import type { HeaderList } from '../../model/header-list.js'
import type { Transport } from '../../model/transport.js'

const DEFAULTS: HeaderList = [
  ['accept', '*/*'],
  ['user-agent', 'node'],
]

/** The same network, with the defaults. */
export function withDefaultHeaders(transport: Transport): Transport {
  return (request) => transport({ ...request, headers: completed(request.headers) })
}

function completed(headers: HeaderList): HeaderList {
  const given = new Set(headers.map(([name]) => name.toLowerCase()))
  return [...DEFAULTS.filter(([name]) => !given.has(name)), ...headers]
}
