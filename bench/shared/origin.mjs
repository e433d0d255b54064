// A loopback origin that counts its calls and answers as the bench tells it to.
import { createServer } from 'node:http'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'

/**
 * Starts an origin. `answer(request)` gives `{ status, headers, body, delayMs }`, each with a default; it can be
 * replaced while the origin runs.
 */
export async function startOrigin(answer) {
  const origin = { url: '', calls: 0, answer, stop }
  const server = createServer(async (request, response) => {
    origin.calls += 1
    const { status = 200, headers = {}, body = '{}', delayMs = 0 } = origin.answer(request)
    if (delayMs > 0) await sleep(delayMs)
    response.writeHead(status, {
      'content-type': 'application/json;charset=utf-8',
      'content-length': Buffer.byteLength(body),
      ...headers,
    })
    response.end(body)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  origin.url = `http://127.0.0.1:${server.address().port}`
  return origin

  /** From here on the connection is refused. */
  async function stop() {
    if (!server.listening) return
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
  }
}
