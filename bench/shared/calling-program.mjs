// A program that knows nothing of caches: it calls a URL as often as it is told and says how many milliseconds each call took.
import http from 'node:http'
import { request } from 'undici'

/** How it can call; each reads the answer to its end. */
const CLIENTS = {
  http: (url) => exchange(http.get(url)),
  'http-post': (url) => {
    const sent = http.request(url, { method: 'POST', headers: { 'content-type': 'application/json' } })
    sent.end('{"page":1}')
    return exchange(sent)
  },
  fetch: async (url) => (await fetch(url)).text(),
  'fetch-post': async (url) => (await fetch(url, { method: 'POST', body: '{"page":1}' })).text(),
  undici: async (url) => (await request(url)).body.text(),
}

function exchange(sent) {
  return new Promise((resolve, reject) => {
    sent.on('error', reject)
    sent.on('response', (response) => {
      response.setEncoding('utf8')
      let text = ''
      response.on('data', (piece) => (text += piece))
      response.on('error', reject)
      response.on('end', () => resolve(text))
    })
  })
}

process.on('message', async ({ client, url, calls }) => {
  try {
    const ms = []
    for (let index = 0; index < calls; index += 1) {
      const began = performance.now()
      await CLIENTS[client](url)
      ms.push(performance.now() - began)
    }
    process.send({ ms })
  } catch (error) {
    process.send({ error: `${client} ${url}: ${error.stack}` })
  }
})
