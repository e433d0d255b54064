// The default instance as the source of the hooks: found in the environment and the config file, loaded when opened.
import type { Cachette } from '../../create-cachette.js'
import type { RequestEvent } from '../../model/request-event.js'
import type { InstanceSource, OpenInstance } from './instance.js'

/** Makes the source; `onRequest` is told of every call through the instance. */
export function defaultSource(onRequest: ((event: RequestEvent) => void) | undefined): InstanceSource {
  let opened: OpenInstance | undefined
  let currentOf: (() => unknown) | undefined
  return {
    async open() {
      const [instance, http, undici] = await Promise.all([
        import('../../default-instance.js'),
        import('./http/answered-call.js'),
        import('../undici/index.js'),
      ])
      const cachette: Cachette = await instance.openDefaultCachette()
      if (onRequest !== undefined) cachette.on('request', onRequest)
      currentOf = () => instance.defaultCachette.current()
      opened = { cachette, answerCall: http.answerCall, cacheInterceptor: undici.cacheInterceptor }
    },
    // A program that has closed it is on its way out: it is not opened again.
    current: () => (opened !== undefined && currentOf?.() === opened.cachette ? opened : undefined),
  }
}
