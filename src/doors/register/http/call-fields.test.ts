import { describe, expect, it } from 'vitest'
import { callFields } from './call-fields.js'

const HOST = ['Host', 'a.test'] as const

describe('the fields of a call', () => {
  it('are parted into those of the call and those of the connection', () => {
    const accept = ['Accept', '*/*'] as const
    const close = ['Connection', 'close'] as const
    const proxy = ['Proxy-Authorization', 'Basic eA=='] as const
    expect(callFields([HOST, accept, close, proxy], 'a.test')).toEqual({
      endToEnd: [accept],
      connection: [HOST, close, proxy],
    })
  })

  it.each([['a.test'], ['A.TEST'], ['a.test:80'], ['a.test:443']])('are for the host %s', (host) => {
    expect(callFields([['host', host]], 'a.test')).toBeDefined()
  })

  it.each<[string, [string, string][]]>([
    ['name another host', [['host', 'b.test']]],
    ['name another port', [['host', 'a.test:8080']]],
    ['name no host', []],
    ['announce a body', [[...HOST], ['Content-Length', '5']]],
    ['announce a body of any length', [[...HOST], ['Transfer-Encoding', 'chunked']]],
    ['ask for another protocol', [[...HOST], ['Upgrade', 'websocket']]],
    ['ask for a word before the answer', [[...HOST], ['Expect', '100-continue']]],
    ['ask for fields after the body', [[...HOST], ['TE', 'trailers']]],
    ['have one for the next hop alone', [[...HOST], ['Connection', 'keep-alive, x-hop']]],
  ])('are not for the cache where they %s', (_what, fields) => {
    expect(callFields(fields, 'a.test')).toBeUndefined()
  })

  it('may say that there is no body', () => {
    expect(callFields([HOST, ['Content-Length', '0']], 'a.test')?.endToEnd).toEqual([])
  })
})
