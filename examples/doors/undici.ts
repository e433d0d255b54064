// An interceptor for undici: whatever asks the dispatcher below it, Node's own fetch included, is answered from the cache.
// Run: npx tsx examples/doors/undici.ts https://api.example.com/data
import { createCachette } from 'cachette'
import { cacheInterceptor } from 'cachette/undici'
import { Agent, request, setGlobalDispatcher } from 'undici'

const url = process.argv[2] ?? 'https://api.example.com/data'

const cachette = await createCachette({ defaults: { http: { defaultTtl: '10m' } } })
setGlobalDispatcher(new Agent().compose(cacheInterceptor(cachette)))

const { body } = await request(url)
console.log(await body.json())

const response = await fetch(url)
console.log(response.headers.get('cache-status'), response.headers.get('age'))

await cachette.close()
