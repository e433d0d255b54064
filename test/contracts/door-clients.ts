// The doors of the package, each as the door contract uses one.
import { type IncomingMessage, request as httpRequest } from 'node:http'
import { type Transform, pipeline } from 'node:stream'
import { createBrotliDecompress, createGunzip } from 'node:zlib'
import axios, { type AxiosResponse, type ResponseType } from 'axios'
import { Agent, type Dispatcher, fetch as undiciFetch, request as undiciRequest } from 'undici'
import { createCachedAdapter } from '../../src/doors/axios/index.js'
import { createCachedFetch } from '../../src/doors/fetch/index.js'
import { answerCall } from '../../src/doors/register/http/answered-call.js'
import { hookHttp } from '../../src/doors/register/http/http-hook.js'
import { watchUnsafeCalls } from '../../src/doors/register/http/unsafe-calls.js'
import { type Instance, createInstance } from '../../src/doors/register/instance.js'
import { hookGlobalDispatcher } from '../../src/doors/register/undici/global-dispatcher.js'
import { cacheInterceptor } from '../../src/doors/undici/index.js'
import type { Cachette } from '../../src/create-cachette.js'
import type {
  DoorAnswer,
  DoorCall,
  DoorCapabilities,
  DoorClient,
  DoorUnderTest,
} from '../../src/testing/index.js'

const EVERYTHING: DoorCapabilities = {
  streams: true,
  followsRedirects: true,
  tellsCacheStatus: true,
  keepsCookiesApart: true,
  reachesAnyHost: true,
}

const nothingToClose = async (): Promise<void> => undefined

/** The service class, through `fetchExternal`. */
export const serviceDoor: DoorUnderTest = {
  name: 'service',
  capabilities: {
    ...EVERYTHING,
    streams: false,
    tellsCacheStatus: false,
    keepsCookiesApart: false,
    reachesAnyHost: false,
  },
  open(cachette) {
    const api = cachette.service('contract')
    return {
      async call(url, call = {}) {
        const { data, status, headers } = await api.fetchExternal(url, call)
        return wholeAnswer(status, Object.entries(headers), bytesOf(data))
      },
      close: nothingToClose,
    }
  },
}

/** `createCachedFetch`. */
export const fetchDoor: DoorUnderTest = {
  name: 'fetch',
  capabilities: EVERYTHING,
  open(cachette) {
    const cachedFetch = createCachedFetch(cachette)
    return { call: async (url, call) => responseAnswer(await cachedFetch(url, call)), close: nothingToClose }
  },
}

/** `undici.request` below the interceptor. */
export const undiciRequestDoor: DoorUnderTest = {
  name: 'undici request',
  capabilities: { ...EVERYTHING, followsRedirects: false },
  open(cachette) {
    const dispatcher = new Agent().compose(cacheInterceptor(cachette))
    return {
      call: (url, call) => undiciAnswer(url, call, dispatcher),
      close: () => dispatcher.destroy(),
    }
  },
}

/** undici's fetch below the interceptor. */
export const undiciFetchDoor: DoorUnderTest = {
  name: 'undici fetch',
  capabilities: EVERYTHING,
  open(cachette) {
    const dispatcher = new Agent().compose(cacheInterceptor(cachette))
    return {
      async call(url, call = {}) {
        return responseAnswer((await undiciFetch(url, { ...call, dispatcher })) as unknown as Response)
      },
      close: () => dispatcher.destroy(),
    }
  },
}

/** axios over the adapter, bodies as streams. */
export const axiosDoor: DoorUnderTest = {
  name: 'axios',
  capabilities: EVERYTHING,
  open: (cachette) =>
    axiosClient(cachette, 'stream', ({ status, headers, data }) => {
      const body = data as AsyncIterable<Uint8Array>
      return { status, headers: pairsOf(headers), bytes: () => gathered(body), stream: () => body }
    }),
}

/** axios over the adapter, bodies as buffers. */
export const axiosBufferDoor: DoorUnderTest = {
  name: 'axios with arraybuffer',
  capabilities: { ...EVERYTHING, streams: false },
  open: (cachette) =>
    axiosClient(cachette, 'arraybuffer', ({ status, headers, data }) =>
      wholeAnswer(status, pairsOf(headers), data as Buffer),
    ),
}

function axiosClient(
  cachette: Cachette,
  responseType: ResponseType,
  answerOf: (response: AxiosResponse<unknown>) => DoorAnswer,
): DoorClient {
  const client = axios.create({ adapter: createCachedAdapter(cachette), validateStatus: null, responseType })
  return {
    async call(url, { body, ...call } = {}) {
      return answerOf(await client.request<unknown>({ url, data: body, ...call }))
    },
    close: nothingToClose,
  }
}

/** `http.request` under the hook of register. */
export const registeredHttpDoor: DoorUnderTest = {
  name: 'register, node:http',
  capabilities: { ...EVERYTHING, followsRedirects: false },
  open: (cachette) =>
    registeredClient(cachette, async (url, call) => {
      const response = await httpAnswer(url, call)
      const body = decoded(response)
      return {
        status: response.statusCode ?? 0,
        headers: pairsOf(response.headers),
        bytes: () => gathered(body),
        stream: () => body,
      }
    }),
}

/** Node's own fetch under the hook of register. */
export const registeredFetchDoor: DoorUnderTest = {
  name: 'register, fetch',
  capabilities: EVERYTHING,
  open: (cachette) => registeredClient(cachette, async (url, call) => responseAnswer(await fetch(url, call))),
}

/** `undici.request` under the hook of register. */
export const registeredUndiciDoor: DoorUnderTest = {
  name: 'register, undici request',
  capabilities: { ...EVERYTHING, followsRedirects: false },
  open: (cachette) => registeredClient(cachette, (url, call) => undiciAnswer(url, call)),
}

/** All that register puts in, on an instance of the contract's, until the door is closed. */
function registeredClient(cachette: Cachette, call: DoorClient['call']): DoorClient {
  const instance = instanceOf(cachette)
  const unhook = [hookHttp(instance), watchUnsafeCalls(instance), hookGlobalDispatcher(instance)]
  return {
    call,
    close: async () => unhook.forEach((undo) => undo()),
  }
}

/** Caches every host: the origins are on loopback. */
function instanceOf(cachette: Cachette): Instance {
  const source = {
    open: () => Promise.resolve(),
    current: () => ({ cachette, answerCall, cacheInterceptor }),
  }
  return createInstance(
    source,
    () => true,
    () => undefined,
  )
}

function httpAnswer(url: string, { body, ...options }: DoorCall = {}): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    httpRequest(url, options, resolve).on('error', reject).end(body)
  })
}

/** What a program does by hand: node:http hands on bodies as they were sent. */
function decoded(response: IncomingMessage): AsyncIterable<Uint8Array> {
  const decoder = decoderFor(response.headers['content-encoding'])
  // An error of either reaches whoever reads.
  return decoder === undefined ? response : pipeline(response, decoder, () => undefined)
}

function decoderFor(coding: string | undefined): Transform | undefined {
  if (coding === 'gzip') return createGunzip()
  return coding === 'br' ? createBrotliDecompress() : undefined
}

async function undiciAnswer(url: string, call: DoorCall = {}, dispatcher?: Dispatcher): Promise<DoorAnswer> {
  const through = dispatcher === undefined ? {} : { dispatcher }
  const { statusCode, headers, body } = await undiciRequest(url, { ...(call as object), ...through })
  return {
    status: statusCode,
    headers: pairsOf(headers),
    bytes: async () => new Uint8Array(await body.arrayBuffer()),
    stream: () => body as AsyncIterable<Uint8Array>,
  }
}

function responseAnswer(response: Response): DoorAnswer {
  return {
    status: response.status,
    headers: [...response.headers],
    bytes: async () => new Uint8Array(await response.arrayBuffer()),
    stream: () => (response.body ?? []) as unknown as AsyncIterable<Uint8Array>,
  }
}

function wholeAnswer(status: number, headers: DoorAnswer['headers'], bytes: Uint8Array): DoorAnswer {
  return {
    status,
    headers,
    bytes: () => Promise.resolve(bytes),
    async *stream() {
      yield await Promise.resolve(bytes)
    },
  }
}

function pairsOf(headers: object): DoorAnswer['headers'] {
  return Object.entries(headers).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value]).map((one) => [name, String(one)] as const),
  )
}

/** The service class gives text as text, and nothing as null. */
function bytesOf(data: unknown): Uint8Array {
  if (data instanceof Uint8Array) return data
  return new TextEncoder().encode(data === null ? '' : String(data))
}

async function gathered(body: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const pieces: Uint8Array[] = []
  for await (const piece of body) pieces.push(piece)
  return Buffer.concat(pieces)
}
