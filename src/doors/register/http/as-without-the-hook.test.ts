import {
  Agent,
  type ClientRequest,
  ClientRequest as Request,
  type IncomingMessage,
  type RequestOptions,
  request,
} from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type LoopbackOrigin, startLoopbackOrigin } from '../../../../test/helpers/loopback-origin.js'
import { stubInstance } from '../../../../test/end-to-end/register-stub.js'
import { hookHttp } from './http-hook.js'

let origin: LoopbackOrigin
let refusedUrl: string

beforeAll(async () => {
  origin = await startLoopbackOrigin()
  const gone = await startLoopbackOrigin()
  refusedUrl = gone.url
  await gone.stop()
  origin.on('/plain', { headers: { 'x-one': '1', 'set-cookie': ['a=1', 'b=2'] }, body: 'plain' })
  origin.on('/empty', { body: '' })
  origin.on('/none', { status: 204 })
  origin.on('/same', { status: 304, headers: { etag: '"a"' } })
  origin.on('/missing', { status: 404, body: 'no such thing' })
  origin.on('/error', { status: 500, body: 'broken' })
  origin.on('/moved', { status: 302, headers: { location: '/plain' }, body: '' })
  origin.on('/large', { body: Buffer.alloc(1_500_000, 'x') })
  origin.on('/hang', { ending: 'hang' })
  origin.on('/drip', { body: 'drop', ending: 'drip' })
  origin.on('/reset', { ending: 'reset' })
  origin.on('/cut', { body: 'half', ending: 'reset-mid-body' })
  origin.on('/short', { body: 'half', ending: 'short' })
})
afterAll(() => origin.stop())

type Log = (event: string) => void

/** One program: makes a request and does something with it. */
type Program = (log: Log) => ClientRequest

function watch(
  sent: ClientRequest,
  log: Log,
  read: (response: IncomingMessage) => void = drain,
): ClientRequest {
  for (const event of ['socket', 'finish', 'abort', 'timeout', 'close']) sent.on(event, () => log(event))
  sent.on('error', ({ code, name, message }: NodeJS.ErrnoException) =>
    log(`error ${code} ${name} ${message.replace(/:\d+$/, '')}`),
  )
  sent.on('response', (response) => {
    log(`response ${response.statusCode} ${response.statusMessage} ${response.httpVersion}`)
    let bytes = 0
    response.on('data', (chunk: Buffer) => (bytes += chunk.length))
    response.pause()
    for (const event of ['aborted', 'close']) response.on(event, () => log(`response ${event}`))
    response.on('end', () => log(`response end ${bytes} ${response.complete}`))
    response.on('error', ({ code, message }: NodeJS.ErrnoException) =>
      log(`response error ${code} ${message}`),
    )
    read(response)
  })
  return sent
}

function drain(response: IncomingMessage): void {
  response.resume()
}

function ask(path: string, options: RequestOptions = {}, read = drain): Program {
  return (log) => {
    const sent = watch(request(origin.url + path, options), log, read)
    sent.end()
    return sent
  }
}

const keepAlive = new Agent({ keepAlive: true })
const PROGRAMS: Record<string, Program> = {
  'a plain call': ask('/plain'),
  'an empty body': ask('/empty'),
  'a 204': ask('/none'),
  'a 304': ask('/same'),
  'a 404': ask('/missing'),
  'a 500': ask('/error'),
  'a redirect': ask('/moved'),
  'a large body': ask('/large'),
  'a HEAD': ask('/plain', { method: 'HEAD' }),
  'an agent of its own': ask('/plain', { agent: keepAlive }),
  'no agent': ask('/plain', { agent: false }),
  'ClientRequest itself': (log) => {
    const sent = watch(new Request(`${origin.url}/plain`), log)
    sent.end()
    return sent
  },
  'nobody who listens for the response': () => request(`${origin.url}/plain`).end(),
  'a connection that breaks before the response': ask('/reset'),
  // From Node 24 on the request says so too, beside its response.
  'a connection that breaks within the body': (log) =>
    ask('/cut')((event) => {
      if (!event.startsWith('error ECONNRESET')) log(event)
    }),
  'a body that is too short': ask('/short'),
  'a request given up at once': (log) => {
    const sent = watch(request(`${origin.url}/plain`), log)
    sent.destroy()
    return sent
  },
  'a request given up with an error': (log) => {
    const sent = watch(request(`${origin.url}/plain`), log)
    sent.end()
    sent.destroy(new Error('enough'))
    return sent
  },
  'a request given up while it waits': (log) => {
    const sent = ask('/hang')(log)
    setTimeout(() => sent.destroy(new Error('enough')), 20)
    return sent
  },
  'a request aborted while it waits': (log) => {
    const sent = ask('/hang')(log)
    setTimeout(() => sent.abort(), 20)
    return sent
  },
  'a request given up within the body': (log) =>
    ask('/drip', {}, (response) => {
      response.once('data', () => response.destroy())
      response.resume()
    })(log),
  'a response destroyed with an error': (log) =>
    ask('/large', {}, (response) => {
      response.once('data', () => response.destroy(new Error('enough')))
      response.resume()
    })(log),
  'a response that is not read': (log) => {
    const sent = ask('/plain', {}, () => undefined)(log)
    setTimeout(() => sent.destroy(), 30)
    return sent
  },
  'a signal that was aborted before': ask('/plain', { signal: AbortSignal.abort() }),
  'a signal aborted while it waits': (log) => {
    const controller = new AbortController()
    setTimeout(() => controller.abort(), 20)
    return ask('/hang', { signal: controller.signal })(log)
  },
  'a timeout that the program sets': (log) => {
    const sent = ask('/hang')(log)
    sent.setTimeout(30, () => {
      log('its timeout')
      sent.destroy()
    })
    return sent
  },
  'a timeout in the options': (log) => {
    const sent = ask('/hang', { timeout: 30 })(log)
    sent.once('timeout', () => sent.destroy(new Error('too slow')))
    return sent
  },
  'a timeout of the agent': (log) => {
    const sent = ask('/hang', { agent: new Agent({ timeout: 30 }) })(log)
    sent.once('timeout', () => sent.destroy(new Error('too slow')))
    return sent
  },
  'settings of the socket': (log) => {
    const sent = watch(request(`${origin.url}/plain`), log)
    sent.setNoDelay(true)
    sent.setSocketKeepAlive(true, 1_000)
    sent.setTimeout(5_000)
    sent.cork()
    sent.uncork()
    sent.end(() => log('sent'))
    return sent
  },
  'headers flushed before the end': (log) => {
    const sent = watch(request(`${origin.url}/plain`), log)
    sent.flushHeaders()
    sent.end()
    return sent
  },
  'an end that waits for the socket': (log) => {
    const sent = watch(request(`${origin.url}/plain`), log)
    sent.once('socket', () => sent.end())
    return sent
  },
  'a GET with a body': (log) => {
    const sent = watch(request(`${origin.url}/plain`, { headers: { 'content-length': '4' } }), log)
    sent.end('body')
    return sent
  },
  'a POST': (log) => {
    const sent = watch(request(`${origin.url}/plain`, { method: 'POST' }), log)
    sent.end('body')
    return sent
  },
  'a wait for a 100': (log) => {
    const sent = watch(request(`${origin.url}/plain`, { headers: { expect: '100-continue' } }), log)
    sent.on('continue', () => log('continue'))
    sent.end()
    return sent
  },
}

async function run(program: Program): Promise<string[]> {
  const events: string[] = []
  const sent = program((event) => events.push(event))
  await new Promise<void>((resolve) => sent.once('close', () => resolve()))
  await sleep(15)
  const { writableEnded, writableFinished, destroyed, headersSent, method, path, host, protocol } = sent
  const state = { writableEnded, writableFinished, destroyed, headersSent, method, path, host, protocol }
  return [...events, JSON.stringify(state)]
}

describe('what a program sees', () => {
  it.each(Object.entries(PROGRAMS))('is the same with %s', async (_title, program) => {
    const expected = await run(program)
    const unhook = hookHttp(stubInstance().instance)
    try {
      expect(await run(program), 'on a miss').toEqual(expected)
      expect(await run(program), 'on a hit').toEqual(expected)
    } finally {
      unhook()
    }
  })

  // It is sent as soon as it is whole, for there is nothing that it would have to be connected to first.
  it.each([
    ['a refused connection', () => refusedUrl],
    ['a host that is not there', () => 'http://nowhere.invalid/'],
  ])('is the same with %s, but that the request counts as sent', async (_title, url) => {
    const program: Program = (log) => {
      const sent = watch(request(url()), log)
      sent.end()
      return sent
    }
    const events = async (): Promise<string[]> =>
      (await run(program)).filter((event) => event !== 'finish').slice(0, -1)
    const expected = await events()
    const unhook = hookHttp(stubInstance().instance)
    try {
      expect(await events()).toEqual(expected)
    } finally {
      unhook()
    }
  })

  it('is the same with a request aborted before it is sent, but for the order of abort and close', async () => {
    const program: Program = (log) => {
      const sent = watch(request(`${origin.url}/plain`), log)
      sent.abort()
      return sent
    }
    const expected = (await run(program)).sort()
    const unhook = hookHttp(stubInstance().instance)
    try {
      expect((await run(program)).sort()).toEqual(expected)
    } finally {
      unhook()
    }
  })
})
