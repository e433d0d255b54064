// An instance for tests of the hooks: keeps every 200 under its method and URL, and asks the call's transport for the rest.
import { answerCall } from '../../src/doors/register/http/answered-call.js'
import { type Instance, createInstance } from '../../src/doors/register/instance.js'
import { cacheInterceptor } from '../../src/doors/undici/index.js'
import type { AnswerBody } from '../../src/model/answer-body.js'
import type { CacheAnswer } from '../../src/model/cache-answer.js'
import type { CacheRequest } from '../../src/model/cache-request.js'
import { CONNECTION, type Connection } from '../../src/model/connection.js'
import { EntryBody } from '../../src/model/entry-body.js'
import { CachetteError } from '../../src/errors/cachette-error.js'

/** What a test sees of it. */
export interface StubInstance {
  readonly instance: Instance
  readonly requests: readonly CacheRequest[]
  readonly purged: readonly string[]
  readonly warnings: readonly unknown[]
}

/** How it differs from one that is open and caches every host. */
export interface StubOptions {
  readonly open?: () => Promise<void>
  readonly isChosen?: (host: string) => boolean
  readonly claim?: (url: string) => string
  /** In place of its own answers. */
  readonly answer?: Connection['answer']
  readonly purge?: (url: string) => Promise<void>
}

/** Makes one. */
export function stubInstance(options: StubOptions = {}): StubInstance {
  const requests: CacheRequest[] = []
  const purged: string[] = []
  const warnings: unknown[] = []
  const entries = new Map<string, CacheAnswer>()

  async function miss(request: CacheRequest): Promise<CacheAnswer> {
    const {
      method,
      url,
      headers = [],
      options: { signal },
    } = request
    try {
      const response = await request.transport({
        method,
        url,
        headers: headers as readonly (readonly [string, string])[],
        signal: signal ?? new AbortController().signal,
      })
      const { status, statusText } = response
      const answer: CacheAnswer = {
        status,
        statusText,
        headers: response.headers.filter(
          ([name]) => !/^(connection|keep-alive|transfer-encoding)$/i.test(name),
        ),
        body: passingBody(response.body, (body) => {
          if (status !== 200) return
          const hit = { outcome: 'hit', because: 'fresh', tier: 'memory', attempts: 0 } as const
          entries.set(answer.key, { ...answer, ...hit, body })
        }),
        outcome: 'miss',
        because: 'not-in-cache',
        ageMs: 0,
        ttlMs: 60_000,
        tier: 'origin',
        url,
        attempts: 1,
        key: `${method} ${url}`,
        isStored: status === 200,
        originStatus: status,
        redirectedTo: undefined,
      }
      return answer
    } catch (error) {
      if (signal?.aborted === true) throw signal.reason
      throw new CachetteError('CACHETTE_ORIGIN_UNREACHABLE', `${url} cannot be reached`, { cause: error })
    }
  }

  const connection: Connection = {
    answer(request) {
      requests.push(request)
      if (options.answer !== undefined) return options.answer(request)
      return entries.get(`${request.method} ${request.url}`) ?? miss(request)
    },
    claim: options.claim ?? (() => 'other'),
    resolveUrl: (_service, url) => url,
    checkService: () => undefined,
    transport: () => Promise.reject(new Error('the stub has no network')),
    nowMs: () => Date.now(),
  }
  const cachette = {
    [CONNECTION]: connection,
    async purge({ url }: { readonly url: string }): Promise<void> {
      await options.purge?.(url)
      purged.push(url)
      for (const key of [...entries.keys()].filter((each) => each.endsWith(` ${url}`))) entries.delete(key)
    },
  }
  let isOpen = false
  const instance = createInstance(
    {
      async open() {
        await options.open?.()
        isOpen = true
      },
      current: () => (isOpen ? { cachette, answerCall, cacheInterceptor } : undefined),
    },
    options.isChosen ?? (() => true),
    (warning) => warnings.push(warning),
  )
  return { instance, requests, purged, warnings }
}

/** A body on its way, kept once it is whole. */
function passingBody(source: AsyncIterable<Uint8Array>, keep: (body: EntryBody) => void): AnswerBody {
  async function* stream(): AsyncGenerator<Uint8Array> {
    const chunks: Uint8Array[] = []
    for await (const chunk of source) {
      chunks.push(chunk)
      yield chunk
    }
    keep(new EntryBody(Buffer.concat(chunks)))
  }
  return {
    sizeBytes: undefined,
    whole: undefined,
    stream,
    gather: () => Promise.reject(new Error('the stub gathers nothing')),
    discard: () => void drain(stream()),
  }
}

async function drain(chunks: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const _chunk of chunks);
}
