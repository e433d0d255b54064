// A program that knows nothing of caches: it asks a URL for JSON when it is told to, and fails where the status says so.
import http from 'node:http'

const CLIENTS = {
  async fetch(url, headers) {
    const response = await fetch(url, { headers })
    if (!response.ok) throw new Error(`status ${response.status}: ${await response.text()}`)
    return response.json()
  },
  http: (url, headers) =>
    new Promise((resolve, reject) => {
      const request = http.get(url, { headers })
      request.on('error', reject)
      request.on('response', (response) => {
        response.setEncoding('utf8')
        let text = ''
        response.on('data', (piece) => (text += piece))
        response.on('error', reject)
        response.on('end', () => {
          if (response.statusCode < 400) resolve(JSON.parse(text))
          else reject(new Error(`status ${response.statusCode}: ${text}`))
        })
      })
    }),
}

process.on('message', ({ id, client, url, headers }) => {
  CLIENTS[client](url, headers).then(
    (answer) => process.send({ id, answer }),
    (error) => process.send({ id, error: error.message }),
  )
})
