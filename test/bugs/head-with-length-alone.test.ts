// The length that a HEAD names tells nothing where none was stored, as for what came in chunks or was stored decoded.
import { expect, it } from 'vitest'
import { openRawServer } from '../fuzz/raw-server.js'
import { openWorld } from '../helpers/cache-world.js'

it('a stored answer without a length is not renewed by a HEAD that names one', async () => {
  const { cachette, clock } = await openWorld()
  const { url } = await openRawServer((socket, text, nth) => {
    const date = new Date(clock.nowMs()).toUTCString()
    const head = `HTTP/1.1 200 OK\r\nDate: ${date}\r\nCache-Control: max-age=60\r\nX-Version: ${nth}\r\n`
    const chunked = `Transfer-Encoding: chunked\r\n\r\n9\r\nversion ${nth}\r\n0\r\n\r\n`
    socket.write(`${head}${text.startsWith('HEAD') ? 'Content-Length: 2000\r\n\r\n' : chunked}`)
  })
  const ask = async (init: RequestInit = {}) => {
    const response = await cachette.fetch(url, init)
    return { text: await response.text(), version: response.headers.get('x-version') }
  }
  expect(await ask()).toEqual({ text: 'version 1', version: '1' })
  clock.advance(50_000)
  await ask({ method: 'HEAD', headers: { 'cache-control': 'no-cache' } })
  clock.advance(20_000)
  expect(await ask()).toEqual({ text: 'version 3', version: '3' })
})
