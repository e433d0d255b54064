// Parts the fields of a request: those that its answer depends on, those of its one connection, and those that make it
// more than a question for one response. Pure.
import { fieldValue, firstValue, listMembers } from '../../../http/header-fields.js'
import type { HeaderList } from '../../../model/header-list.js'

/** A call's fields, parted. */
export interface CallFields {
  /** What the cache sees. */
  readonly endToEnd: HeaderList
  /** What goes to the origin as it is, where the origin is asked. */
  readonly connection: HeaderList
}

const CONNECTION = new Set([
  'host',
  'connection',
  'keep-alive',
  'proxy-authorization',
  'proxy-connection',
  'content-length',
])

/** A body, another protocol, an answer before the answer, fields after it. */
const BEYOND = new Set(['transfer-encoding', 'upgrade', 'expect', 'trailer', 'te', 'http2-settings'])

/** The fields of a call for that host, or undefined for a call that must reach the origin as it is. */
export function callFields(fields: HeaderList, host: string): CallFields | undefined {
  const endToEnd: (readonly [string, string])[] = []
  const connection: (readonly [string, string])[] = []
  for (const field of fields) {
    const name = field[0].toLowerCase()
    if (BEYOND.has(name)) return undefined
    if (CONNECTION.has(name)) connection.push(field)
    else endToEnd.push(field)
  }
  if ((firstValue(connection, 'content-length') ?? '0') !== '0') return undefined
  if (!isHostOf(firstValue(connection, 'host'), host)) return undefined
  const named = listMembers(fieldValue(connection, 'connection')).map((name) => name.toLowerCase())
  // A field that `Connection` names is for the next hop alone.
  if (named.some((name) => name !== 'close' && name !== 'keep-alive')) return undefined
  return { endToEnd, connection }
}

/** A request whose Host is not where it is sent asks for something that its URL does not tell. */
function isHostOf(value: string | undefined, host: string): boolean {
  const given = value?.trim().toLowerCase()
  return given === host || given === `${host}:80` || given === `${host}:443`
}
