// @apollo/datasource-rest with one data source for all callers and its default cache in memory.
import { RESTDataSource } from '@apollo/datasource-rest'

class Source extends RESTDataSource {
  ask(url, headers) {
    return this.get(url, headers === undefined ? undefined : { headers })
  }
}

export const datasourceRest = {
  name: '@apollo/datasource-rest',
  packages: ['@apollo/datasource-rest'],
  open() {
    const source = new Source({ logger: { debug() {}, info() {}, warn() {}, error() {} } })
    return { ask: (url, headers) => source.ask(url, headers), close() {} }
  },
}
