// @apollo/datasource-rest with one data source for all callers, its default cache in memory and a TTL.
import { RESTDataSource } from '@apollo/datasource-rest'

class Source extends RESTDataSource {
  ask(url, options) {
    return this.get(url, options)
  }
}

export const datasourceRest = {
  name: '@apollo/datasource-rest, `cacheOptions`',
  packages: ['@apollo/datasource-rest'],
  open({ ttlMs }) {
    const source = new Source({ logger: { debug() {}, info() {}, warn() {}, error() {} } })
    const cacheOptions = { ttl: ttlMs / 1000 }
    return { ask: (url, headers = {}) => source.ask(url, { headers, cacheOptions }), close() {} }
  },
}
