// The way to a cluster's data: the official cluster client, which knows the slots and follows redirections.
import { createCluster } from '@redis/client'
import { readAddress, type Address } from './endpoint.js'
import { AS_BYTES, nodeOptions, socketOptions, type Connecting } from './node-client.js'
import type { DataClient } from './session.js'
import { slotOf } from './slot.js'

/** The way to the data, and where the shared state is. */
export interface ConnectedCluster {
  readonly data: DataClient
  readonly stateAddress: Address
}

/**
 * Connects to all servers of a cluster that nodes of it name.
 *
 * @throws Error where no node answers, or one that has slots does not
 */
export async function connectCluster(
  { endpoint, signal, isHeld }: Connecting,
  nodes: readonly string[],
  stateKey: string,
): Promise<ConnectedCluster> {
  signal.throwIfAborted()
  const { host: _host, port: _port, ...socket } = socketOptions(endpoint, endpoint.isTls)
  const { RESP, ...defaults } = nodeOptions(endpoint)
  const cluster = createCluster({
    RESP,
    rootNodes: nodes.map((node) => ({ socket: socketOptions(readAddress(node), endpoint.isTls) })),
    defaults: { ...defaults, socket },
  })
  let tellEnd: (reason: Error) => void = () => undefined
  const ended = new Promise<Error>((resolve) => (tellEnd = resolve))
  const onAbort = (): void => cluster.destroy()
  cluster.on('error', (error: Error) => tellEnd(error))
  cluster.on('node-error', (error: Error) => tellEnd(error))
  signal.addEventListener('abort', onAbort, { once: true })

  function hold(isNeeded: boolean): void {
    for (const { client } of cluster.masters) {
      if (isNeeded) client?.ref()
      else client?.unref()
    }
  }

  try {
    await cluster.connect()
    const state = cluster.slots[slotOf(stateKey)]?.master
    if (state === undefined) throw new Error('the cluster has no server for the shared state')
    hold(isHeld)
    return {
      stateAddress: { host: state.host, port: state.port },
      data: {
        ended,
        send: (key, words, isReading) =>
          cluster.sendCommand(key, isReading, [...words], { typeMapping: AS_BYTES }),
        sendToAll: (words) =>
          Promise.all(
            cluster.masters.map(async (node) =>
              (await cluster.nodeClient(node)).sendCommand([...words], { typeMapping: AS_BYTES }),
            ),
          ),
        hold,
        destroy: () => cluster.destroy(),
      },
    }
  } catch (error) {
    cluster.destroy()
    throw error
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}
