// A fetch that answers from the cache: the same calls, responses and errors as the one in Node.
// Run: npx tsx examples/doors/fetch.ts https://api.example.com/data
import { createCachette } from 'cachette'

const url = process.argv[2] ?? 'https://api.example.com/data'

const cachette = await createCachette({ defaults: { http: { defaultTtl: '10m' } } })
const { fetch } = cachette // or createCachedFetch(cachette) from 'cachette/fetch'

for (let call = 1; call <= 2; call += 1) {
  const response = await fetch(url)
  const data = (await response.json()) as { readonly title: string }
  console.log(response.status, data.title, response.cachette?.outcome, response.cachette?.because)
}
await cachette.close()
