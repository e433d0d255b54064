// An adapter for axios: the same requests, responses and errors, from the cache where it may.
// Run: npx tsx examples/doors/axios.ts https://api.example.com/data
import axios from 'axios'
import { createCachette } from 'cachette'
import { type CachedResponse, createCachedAdapter } from 'cachette/axios'

const url = process.argv[2] ?? 'https://api.example.com/data'

const cachette = await createCachette({ defaults: { http: { defaultTtl: '10m' } } })
const client = axios.create({ adapter: createCachedAdapter(cachette) })

await client.get(url)
const response = (await client.get(url)) as CachedResponse<{ readonly title: string }>
console.log(response.status, response.data.title, response.headers['cache-status'])
console.log(response.cachette.outcome, response.cachette.because, response.cachette.tier)
await cachette.close()
