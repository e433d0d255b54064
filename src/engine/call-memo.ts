// Remembers what was worked out for a call, so that a hit hashes nothing and builds no URL. A call is looked up by walking
// its own strings (service, URL, then each parameter and header) through a tree, since putting them together into one
// string would cost more than everything else in a hit. Bounded in bytes by two generations: what was not asked for
// during a whole generation is forgotten with it.
import { type CacheRequest, isHeaderList } from '../model/cache-request.js'

/** A bounded memo. Calls with a body are never remembered. */
export interface CallMemo<Value> {
  get(request: CacheRequest): Value | undefined
  set(request: CacheRequest, value: Value): void
}

type Step = string | symbol
/** One step further in a call. Most nodes have one way on, which stands in the node itself; others go to `more`. */
interface Node<Value> {
  known: Value | undefined
  name: Step | undefined
  value: unknown
  child: Node<Value> | undefined
  more: Map<Step, Map<unknown, Node<Value>>> | undefined
}

/** Steps that are not the caller's: no string is equal to them, so no two different calls share a path. */
const METHOD = Symbol('method')
const TTL = Symbol('ttl')
const MODE = Symbol('mode')
const HTTP = Symbol('http')
const HEADERS = Symbol('headers')
/** A node with its place in a map, in bytes: a measured estimate. */
const NODE_BYTES = 240

/** Makes a memo that occupies at most `maxBytes`. */
export function createCallMemo<Value>(maxBytes: number): CallMemo<Value> {
  type Roots = Map<string, Map<string, Node<Value>>>
  let young: Roots = new Map()
  let old: Roots = new Map()
  let youngBytes = 0

  function grow(node: Node<Value>, name: Step, value: unknown): Node<Value> {
    const there = next(node, name, value)
    if (there !== undefined) return there
    const child = emptyNode<Value>()
    youngBytes += NODE_BYTES + (typeof value === 'string' ? value.length : 0)
    if (node.name === undefined) {
      node.name = name
      node.value = value
      node.child = child
      return child
    }
    node.more ??= new Map()
    const values = node.more.get(name) ?? new Map<unknown, Node<Value>>()
    node.more.set(name, values.set(value, child))
    return child
  }

  function set(request: CacheRequest, value: Value): void {
    if (request.body !== undefined) return
    const urls = young.get(request.service) ?? new Map<string, Node<Value>>()
    young.set(request.service, urls)
    let root = urls.get(request.url)
    if (root === undefined) {
      root = emptyNode()
      urls.set(request.url, root)
      youngBytes += NODE_BYTES + request.url.length
    }
    const leaf = walk(root, request, grow)
    if (leaf !== undefined) leaf.known = value
    if (youngBytes * 2 < maxBytes) return
    old = young
    young = new Map()
    youngBytes = 0
  }

  return {
    get(request) {
      if (request.body !== undefined) return undefined
      const known = find(young, request)
      if (known !== undefined) return known
      const older = find(old, request)
      if (older !== undefined) set(request, older)
      return older
    },
    set,
  }

  function find(roots: Roots, request: CacheRequest): Value | undefined {
    const root = roots.get(request.service)?.get(request.url)
    return root === undefined ? undefined : walk(root, request, next)?.known
  }
}

function emptyNode<Value>(): Node<Value> {
  return { known: undefined, name: undefined, value: undefined, child: undefined, more: undefined }
}

function next<Value>(node: Node<Value>, name: Step, value: unknown): Node<Value> | undefined {
  if (node.name === name && node.value === value) return node.child
  return node.more?.get(name)?.get(value)
}

/** Takes the steps of a call from its root; undefined as soon as one leads nowhere. */
function walk<Value>(
  root: Node<Value>,
  { method, options, params, headers }: CacheRequest,
  step: (node: Node<Value>, name: Step, value: unknown) => Node<Value> | undefined,
): Node<Value> | undefined {
  let node: Node<Value> | undefined = root
  if (method !== 'GET') node = step(node, METHOD, method)
  if (options.isHttp === true && node !== undefined) {
    node = step(node, HTTP, true)
    if (options.mode !== undefined && node !== undefined) node = step(node, MODE, options.mode)
  }
  if (options.ttlMs !== undefined && node !== undefined) node = step(node, TTL, options.ttlMs)
  if (params !== undefined) {
    for (const name in params) {
      const value = params[name]
      if (value === null || value === undefined) continue
      if (node === undefined) return undefined
      if (!Array.isArray(value)) node = step(node, name, value)
      else for (const item of value) if (node !== undefined) node = step(node, name, item)
    }
  }
  if (headers === undefined || node === undefined) return node
  node = step(node, HEADERS, true)
  if (isHeaderList(headers)) {
    for (const [name, value] of headers) if (node !== undefined) node = step(node, name, value)
    return node
  }
  for (const name in headers) {
    if (node === undefined) return undefined
    node = step(node, name, headers[name])
  }
  return node
}
