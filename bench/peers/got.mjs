// got with its cache option on a Map.
import client from 'got'

// Its cache adds a listener at every request and soon warns each time; printing that would be charged to the hit.
console.warn = () => {}

export const got = {
  name: 'got, `cache: new Map()`',
  packages: ['got'],
  open() {
    const cached = client.extend({ cache: new Map() })
    return { ask: (url, headers) => cached(url, { headers }).json(), close() {} }
  },
}
