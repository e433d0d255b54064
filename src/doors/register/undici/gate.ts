// A dispatcher's own dispatch with the cache before it: calls that are cached go through the interceptor, once there
// is an instance, and all others straight on.
import type { Dispatcher } from 'undici'
import type { Instance, OpenInstance, Target } from '../instance.js'

/** Marks the options of calls that the cache has seen, so that a gate below another one lets them pass. */
const SEEN = Symbol('cachette.seen')

/** Makes the gate. */
export function createGate(below: Dispatcher.Dispatch, instance: Instance): Dispatcher.Dispatch {
  let intercepting: { readonly open: OpenInstance; readonly dispatch: Dispatcher.Dispatch } | undefined

  function throughCache(open: OpenInstance): Dispatcher.Dispatch {
    if (intercepting?.open.cachette !== open.cachette) {
      intercepting = { open, dispatch: open.cacheInterceptor(open.cachette)(below) }
    }
    return intercepting.dispatch
  }

  function goOn(open: OpenInstance | undefined, target: Target, call: Call): boolean {
    if (open === undefined || instance.serviceFor(open, target) === undefined) {
      return below(call.options, call.handler)
    }
    return throughCache(open)({ ...call.options, [SEEN]: true } as Dispatcher.DispatchOptions, call.handler)
  }

  return (options, handler) => {
    const target = targetOf(options)
    if (target === undefined || SEEN in options || !instance.mayCache(target)) return below(options, handler)
    const call = { options, handler }
    const ready = instance.ready()
    if (!(ready instanceof Promise)) return goOn(ready, target, call)
    ready
      .then((open) => goOn(open, target, call))
      .catch((error: unknown) => handler.onError?.(error as Error))
    return true
  }
}

interface Call {
  readonly options: Dispatcher.DispatchOptions
  readonly handler: Dispatcher.DispatchHandler
}

/** What is asked for; undefined for what is no call to an origin of http. */
function targetOf(options: Dispatcher.DispatchOptions | undefined): Target | undefined {
  const { origin, path } = options ?? ({} as Partial<Dispatcher.DispatchOptions>)
  if (origin === undefined || typeof path !== 'string' || !URL.canParse(String(origin))) return undefined
  const { protocol, host, origin: shown } = new URL(origin)
  return protocol === 'http:' || protocol === 'https:' ? { host, url: `${shown}${path}` } : undefined
}
