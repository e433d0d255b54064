// The instance behind the hooks: opened with the first call that it may answer, and left out of it where it cannot be.
import type { HostMatcher } from '../../config/host-matcher.js'
import { CONNECTION, type Connectable } from '../../model/connection.js'
import { UNCLAIMED } from '../../model/unclaimed.js'
import type { cacheInterceptor } from '../undici/index.js'
import type { answerCall } from './http/answered-call.js'

/** An open instance with the code that asks it, all of it loaded when it is first needed. */
export interface OpenInstance {
  readonly cachette: Connectable & { purge(request: { readonly url: string }): Promise<unknown> }
  readonly answerCall: typeof answerCall
  readonly cacheInterceptor: typeof cacheInterceptor
}

/** Where the instance comes from. */
export interface InstanceSource {
  open(): Promise<void>
  /** The one that is open; undefined before, and once the program has closed it. */
  current(): OpenInstance | undefined
}

/** A call, as far as the choice goes. */
export interface Target {
  /** Host with its port, if not the default one, as in the `host` of a URL. */
  readonly host: string
  readonly url: string
}

/** What the hooks ask. */
export interface Instance {
  /** False for a call that is not cached; true where it is, or where that cannot be known yet. */
  mayCache(target: Target): boolean
  /** The instance once it may be asked, at once where it may; undefined where there is none. */
  ready(): OpenInstance | undefined | Promise<OpenInstance | undefined>
  /** The service of a call; undefined where it is not cached. */
  serviceFor(open: OpenInstance, target: Target): string | undefined
  /** Takes what was changed at an origin out of the cache; calls that come later wait for it. */
  purge(target: Target): void
}

/** Makes the instance of the hooks. `warn` is told, once, why it cannot be opened. */
export function createInstance(
  source: InstanceSource,
  isChosen: HostMatcher,
  warn: (error: unknown) => void,
): Instance {
  let opening: Promise<void> | undefined
  let isSettled = false
  const purges = new Set<Promise<unknown>>()

  function open(): Promise<void> {
    opening ??= source
      .open()
      .catch(warn)
      .finally(() => {
        isSettled = true
      })
    return opening
  }

  function ready(): OpenInstance | undefined | Promise<OpenInstance | undefined> {
    if (!isSettled) return open().then(ready)
    if (purges.size > 0) return Promise.all(purges).then(ready)
    return source.current()
  }

  function serviceFor({ cachette }: OpenInstance, { host, url }: Target): string | undefined {
    // What came from an origin that proved nothing is not for those who ask for proof.
    if (url.startsWith('https:') && process.env['NODE_TLS_REJECT_UNAUTHORIZED'] === '0') return undefined
    const service = cachette[CONNECTION].claim(url)
    return service !== UNCLAIMED || isChosen(host) ? service : undefined
  }

  async function purgeNow(target: Target): Promise<void> {
    await open()
    const current = source.current()
    if (current === undefined || serviceFor(current, target) === undefined) return
    // A tier that does not take it says so itself.
    await current.cachette.purge({ url: target.url }).catch(() => undefined)
  }

  return {
    mayCache(target) {
      if (!isSettled) return true
      const current = source.current()
      return current !== undefined && serviceFor(current, target) !== undefined
    },
    ready,
    serviceFor,
    purge(target) {
      const work = purgeNow(target).finally(() => purges.delete(work))
      purges.add(work)
    },
  }
}
