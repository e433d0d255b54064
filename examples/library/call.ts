// Calls an API through the cache: one class, one method.
// Run: npx tsx examples/library/call.ts https://api.example.com/data
import { CachedExternalAPIService } from 'cachette'

const url = process.argv[2] ?? 'https://api.example.com/data'

const api = new CachedExternalAPIService('my_service')
const data = await api.getExternal<{ readonly title: string }>(url, {
  params: { query: 'test' }, // merged into the URL, and part of the key
  headers: { 'Accept-Language': 'fr' }, // part of the key too
  ttlHours: 6, // wins over every other TTL
  fallback: { title: 'nothing to show' }, // instead of an error, when there is nothing to serve
})
console.log(data.title)

const answer = await api.fetchExternal(url, {
  params: { query: 'test' },
  headers: { 'Accept-Language': 'fr' },
})
console.log(answer.status, answer.outcome, answer.because) // 200 hit fresh

const { hitRate, totalRequests } = await CachedExternalAPIService.getGlobalMetrics()
console.log(`${hitRate.toFixed(1)} % of ${totalRequests} requests`)
