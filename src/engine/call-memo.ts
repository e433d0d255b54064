// Remembers what was worked out for a call, so that a hit hashes nothing and builds no URL. A tree is walked by the
// caller's own strings, one step per URL, parameter and header, since putting them together into one string and
// hashing that costs more than the rest of a hit. Bounded in bytes by two generations: what was not asked for during a
// whole generation is forgotten with it.
import type { CacheRequest } from '../model/cache-request.js'

/** A bounded memo. Calls with a body are not remembered. */
export interface CallMemo<Value> {
  get(request: CacheRequest): Value | undefined
  set(request: CacheRequest, value: Value): void
}

interface Node<Value> {
  value: Value | undefined
  next: Map<unknown, Node<Value>> | undefined
}

/** Steps that are not the caller's: no string or number is equal to them, so no two different calls share a path. */
const METHOD = Symbol('method')
const TTL = Symbol('ttl')
const HEADERS = Symbol('headers')

/** A node with its slot in a map and its step's string: a measured estimate, in bytes. */
const NODE_BYTES = 240

/** Makes a memo that occupies at most `maxBytes`. */
export function createCallMemo<Value>(maxBytes: number): CallMemo<Value> {
  let young = emptyNode<Value>()
  let old = emptyNode<Value>()
  let youngBytes = 0

  function grow(node: Node<Value>, step: unknown): Node<Value> {
    const next = (node.next ??= new Map())
    const known = next.get(step)
    if (known !== undefined) return known
    const made = emptyNode<Value>()
    next.set(step, made)
    youngBytes += NODE_BYTES + (typeof step === 'string' ? step.length : 0)
    return made
  }

  function set(request: CacheRequest, value: Value): void {
    if (request.body !== undefined) return
    const node = walk(young, request, grow)
    if (node !== undefined) node.value = value
    if (youngBytes * 2 < maxBytes) return
    old = young
    young = emptyNode()
    youngBytes = 0
  }

  return {
    get(request) {
      if (request.body !== undefined) return undefined
      const known = walk(young, request, step)?.value
      if (known !== undefined) return known
      const older = walk(old, request, step)?.value
      if (older !== undefined) set(request, older)
      return older
    },
    set,
  }
}

function emptyNode<Value>(): Node<Value> {
  return { value: undefined, next: undefined }
}

function step<Value>(node: Node<Value>, to: unknown): Node<Value> | undefined {
  return node.next?.get(to)
}

/** Walks from service and URL over method, TTL and parameters to headers. */
function walk<Value>(
  root: Node<Value>,
  { service, url, method, options, params, headers }: CacheRequest,
  to: (node: Node<Value>, step: unknown) => Node<Value> | undefined,
): Node<Value> | undefined {
  let node = to(root, service)
  if (node !== undefined) node = to(node, url)
  if (method !== 'GET') node = pair(node, METHOD, method, to)
  if (options.ttlMs !== undefined) node = pair(node, TTL, options.ttlMs, to)
  if (params !== undefined) {
    for (const name in params) {
      if (node === undefined) return undefined
      const value = params[name]
      if (value === null || value === undefined) continue
      if (typeof value === 'object') for (const item of value) node = pair(node, name, item, to)
      else node = pair(node, name, value, to)
    }
  }
  if (headers !== undefined) {
    if (node !== undefined) node = to(node, HEADERS)
    for (const name in headers) node = pair(node, name, headers[name], to)
  }
  return node
}

function pair<Value>(
  node: Node<Value> | undefined,
  name: unknown,
  value: unknown,
  to: (node: Node<Value>, step: unknown) => Node<Value> | undefined,
): Node<Value> | undefined {
  const named = node === undefined ? undefined : to(node, name)
  return named === undefined ? undefined : to(named, value)
}
