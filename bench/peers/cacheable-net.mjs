// @cacheable/net: fetch on top of cacheable.
import { CacheableNet } from '@cacheable/net'

export const cacheableNet = {
  name: '@cacheable/net',
  packages: ['@cacheable/net'],
  open() {
    const net = new CacheableNet()
    return {
      async ask(url, headers) {
        const { data, response } = await net.get(url, { headers })
        if (!response.ok) throw new Error(`status ${response.status}`)
        return data
      },
      close() {},
    }
  },
}
