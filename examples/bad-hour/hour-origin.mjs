// An API on loopback with a bad hour, by the minute. Its delays are those of the clock that it is given.
import { subscribe } from 'node:diagnostics_channel'
import { createServer } from 'node:http'

const PHASES = [
  { fromMinute: 0, name: 'well', delayMs: 80 },
  { fromMinute: 5, name: 'slow: 2 s', delayMs: 2_000 },
  { fromMinute: 10, name: '500', delayMs: 80, status: 500 },
  { fromMinute: 20, name: '429, `Retry-After: 600`', delayMs: 80, status: 429 },
  { fromMinute: 32, name: 'down' },
  { fromMinute: 42, name: '200, a web page', delayMs: 80, isPage: true },
  { fromMinute: 48, name: 'well', delayMs: 80 },
]

/** What it does in a minute. */
export const phaseAt = (minute) => PHASES.findLast(({ fromMinute }) => fromMinute <= minute)

/** Starts it. */
export async function startHourOrigin(clock) {
  const held = new Set()
  const sent = followRequests()
  let count = 0
  const minute = () => Math.floor(clock.passedMs() / 60_000)
  const server = createServer((request, response) => {
    if (request.url === '/') return void response.end('well')
    count += 1
    const phase = phaseAt(minute())
    held.add(response)
    const cancel = clock.setTimer(() => {
      held.delete(response)
      answer(response, request.url, phase)
    }, phase.delayMs)
    response.once('close', () => {
      cancel()
      held.delete(response)
    })
  })
  await listen(server, 0)
  const { port } = server.address()

  return {
    url: `http://127.0.0.1:${port}`,
    /** How many requests have come. */
    count: () => count,
    /** True while every request under way waits for the clock. */
    isQuiet: () => sent.size === held.size,
    /** Takes connections or refuses them, as the minute has it. */
    async follow() {
      const isUp = phaseAt(minute()).delayMs !== undefined
      if (server.listening && !isUp) await stop(server)
      else if (!server.listening && isUp) await listen(server, port)
    },
    stop: () => (server.listening ? stop(server) : undefined),
  }
}

function answer(response, url, { status = 200, isPage = false }) {
  const headers = { connection: 'close', 'content-type': isPage ? 'text/html' : 'application/json' }
  if (status === 429) headers['retry-after'] = '600'
  const data = status === 200 ? { path: url } : { error: `status ${status}` }
  const body = isPage ? '<h1>Back soon</h1>' : JSON.stringify(data)
  response.writeHead(status, { ...headers, 'content-length': body.length })
  response.end(body)
}

/** The requests that undici has under way. */
function followRequests() {
  const sent = new Set()
  subscribe('undici:request:create', ({ request }) => sent.add(request))
  subscribe('undici:request:trailers', ({ request }) => sent.delete(request))
  subscribe('undici:request:error', ({ request }) => sent.delete(request))
  return sent
}

function listen(server, port) {
  return new Promise((resolve) => server.listen(port, '127.0.0.1', resolve))
}

function stop(server) {
  return new Promise((resolve) => {
    server.close(resolve)
    server.closeAllConnections()
  })
}
