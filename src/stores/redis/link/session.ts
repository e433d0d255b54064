// What is connected at one time: a way to the data, and one connection beside it for all that is small and urgent. Scripts
// over the shared state and the channel of changes go over that one, so that no large body stands before them, and so that
// it never has many bytes to bring, for which a server cuts subscribers off. A session of which any part fails is thrown
// away whole.
import { connectCluster } from './connect-cluster.js'
import { readAddress, type Address } from './endpoint.js'
import { connectNode, type Connecting, type NodeClient } from './node-client.js'
import type { Words } from './script.js'

/** How servers are found. */
export type Topology =
  | { readonly kind: 'single' }
  /** A cluster; the nodes are `host:port`. */
  | { readonly kind: 'cluster'; readonly nodes: readonly string[] }
  /** A server that sentinels name, by the name of its group; the nodes are theirs. */
  | { readonly kind: 'sentinel'; readonly name: string; readonly nodes: readonly string[] }

/** A way to entries and bodies, wherever they stand. */
export interface DataClient {
  /** Sends a command about one key; `isReading` where it changes nothing. */
  send(key: string, words: Words, isReading: boolean): Promise<unknown>
  /** Sends a command to every server. */
  sendToAll(words: Words): Promise<readonly unknown[]>
  hold(isHeld: boolean): void
  readonly ended: Promise<Error>
  destroy(): void
}

/** A way to the data, and a connection to the server with the shared state. */
export interface Session {
  readonly data: DataClient
  readonly talk: NodeClient
}

/** How a session comes about. */
export interface SessionSource extends Connecting {
  readonly topology: Topology
  /** Any key of the shared state: in a cluster, it says which server has that. */
  readonly stateKey: string
}

/**
 * Connects.
 *
 * @throws Error where any of it fails
 */
export async function openSession(source: SessionSource): Promise<Session> {
  const { topology } = source
  if (topology.kind === 'single') return openPair(source, source.endpoint)
  if (topology.kind === 'sentinel') return openPair(source, await askSentinels(source, topology))
  const { data, stateAddress } = await connectCluster(source, topology.nodes, source.stateKey)
  return withTalk(data, () =>
    connectNode({ ...source, endpoint: { ...source.endpoint, database: 0 } }, stateAddress),
  )
}

async function openPair(source: SessionSource, address: Address): Promise<Session> {
  const node = await connectNode(source, address)
  const data: DataClient = {
    send: (_key, words) => node.send(words),
    sendToAll: async (words) => [await node.send(words)],
    hold: node.hold,
    ended: node.ended,
    destroy: node.destroy,
  }
  return withTalk(data, () => connectNode(source, address))
}

async function withTalk(data: DataClient, connect: () => Promise<NodeClient>): Promise<Session> {
  try {
    return { data, talk: await connect() }
  } catch (error) {
    data.destroy()
    throw error
  }
}

/** The first sentinel that knows it says where the server of a group is. */
async function askSentinels(
  source: SessionSource,
  { name, nodes }: Extract<Topology, { kind: 'sentinel' }>,
): Promise<Address> {
  let failure: unknown
  for (const node of nodes) {
    try {
      const address = await askSentinel(source, readAddress(node), name)
      if (address !== undefined) return address
    } catch (error) {
      failure = error
    }
  }
  throw new Error(`no sentinel of ${nodes.join(', ')} knows the server of "${name}"`, { cause: failure })
}

/** Sentinels mostly know no passwords; one that does is asked with those of the URL. */
async function askSentinel(source: SessionSource, at: Address, name: string): Promise<Address | undefined> {
  const nobody = { ...source.endpoint, username: undefined, password: undefined, database: 0 }
  try {
    return await masterBy(await connectNode({ ...source, endpoint: nobody }, at), name)
  } catch (error) {
    if (!/NOAUTH|WRONGPASS/.test(String(error)) || source.endpoint.password === undefined) throw error
    return masterBy(await connectNode({ ...source, endpoint: { ...source.endpoint, database: 0 } }, at), name)
  }
}

async function masterBy(sentinel: NodeClient, name: string): Promise<Address | undefined> {
  try {
    const reply = await sentinel.send(['SENTINEL', 'GET-MASTER-ADDR-BY-NAME', name])
    return Array.isArray(reply) ? { host: String(reply[0]), port: Number(String(reply[1])) } : undefined
  } finally {
    sentinel.destroy()
  }
}
