// Bodies: every byte, as it comes, whatever its size and coding.
import { createGate, until } from '../gate.js'
import { type DoorTesting, type DoorWorld, atOnce } from './door-testing.js'
import { coded, endless, inPieces, whole } from './replies.js'

const MEGABYTE = 1_000_000
const BINARY = { headers: { 'content-type': 'application/octet-stream' } }

/** Bytes in which every value and many runs occur. */
function manyBytes(sizeBytes: number): Uint8Array {
  return new Uint8Array(sizeBytes).map((_, index) => (index * 31 + (index >> 8) * 7) & 255)
}

/** Bodies, whole and coming. */
export function describeBodies(testing: DoorTesting): void {
  testing.describe('bodies', () => {
    describeWhole(testing)
    describeComing(testing)
  })
}

function describeWhole({ test, expect }: DoorTesting): void {
  const bytesOf = async ({ call, origin }: DoorWorld, path: string): Promise<Uint8Array> =>
    (await call(`${origin.url}${path}`)).bytes()

  test('are the same byte for byte, from the origin and from the store', async (world) => {
    const sent = manyBytes(300_000)
    world.origin.on('/a', whole(sent, BINARY))
    for (const from of ['origin', 'store']) {
      const got = await bytesOf(world, '/a')
      expect([from, Buffer.compare(got, sent)]).toEqual([from, 0])
    }
    expect(world.origin.count('/a')).toBe(1)
  })

  test('are each caller’s own: what one writes into them, no other sees', async (world) => {
    world.origin.on('/a', whole('untouched', BINARY))
    for (let caller = 1; caller <= 3; caller += 1) {
      const got = await bytesOf(world, '/a')
      expect(new TextDecoder().decode(got)).toBe('untouched')
      got.fill(0)
    }
  })

  for (const coding of ['gzip', 'br'] as const) {
    test(`are decoded where the origin sent ${coding}`, async ({ origin, ask }) => {
      origin.on('/a', coded('the body, '.repeat(100), coding))
      const answers = [await ask('/a'), await ask('/a')]
      expect(answers.map(({ text }) => text)).toEqual(['the body, '.repeat(100), 'the body, '.repeat(100)])
      expect(answers.map(({ field }) => field('content-encoding'))).toEqual([undefined, undefined])
      expect(origin.count('/a')).toBe(1)
    })
  }

  test(
    'larger than maxBodyBytes pass whole and are not stored',
    async (world) => {
      const sent = manyBytes(5 * MEGABYTE)
      world.origin.on('/a', whole(sent, BINARY))
      for (const nth of [1, 2]) {
        expect([nth, Buffer.compare(await bytesOf(world, '/a'), sent)]).toEqual([nth, 0])
        expect(world.origin.count('/a')).toBe(nth)
      }
    },
    { service: { maxBodyBytes: '1MB' } },
  )

  test('of several megabytes are stored', async (world) => {
    const sent = manyBytes(5 * MEGABYTE)
    world.origin.on('/a', whole(sent, BINARY))
    for (const nth of [1, 2])
      expect([nth, Buffer.compare(await bytesOf(world, '/a'), sent)]).toEqual([nth, 0])
    expect(world.origin.count('/a')).toBe(1)
  })

  test('may be empty', async ({ origin, ask }) => {
    origin.on('/empty', whole(''))
    origin.on('/no-content', (response) => void response.writeHead(204).end())
    for (const [path, status] of [
      ['/empty', 200],
      ['/no-content', 204],
    ] as const) {
      const answers = [await ask(path), await ask(path)]
      expect(answers.map((answer) => [answer.status, answer.text])).toEqual([
        [status, ''],
        [status, ''],
      ])
    }
  })
}

function describeComing({ test, expect }: DoorTesting): void {
  const needs = 'streams'

  test(
    'begin before they have ended',
    async ({ origin, call }) => {
      const gate = createGate()
      origin.on('/a', inPieces('first ', gate, 'rest'))
      const decoder = new TextDecoder()
      let text = ''
      for await (const piece of (await call(`${origin.url}/a`)).stream()) {
        text += decoder.decode(piece, { stream: true })
        if (text === 'first ') gate.open()
      }
      expect(text).toBe('first rest')
    },
    { needs },
  )

  test(
    'that are coming go whole to whoever joins',
    async ({ origin, call, ask, outcomes }) => {
      const gate = createGate()
      origin.on('/a', inPieces('first ', gate, 'rest'))
      const leader = await call(`${origin.url}/a`)
      const follower = ask('/a')
      await new Promise((resolve) => setImmediate(resolve))
      gate.open()
      expect(new TextDecoder().decode(await leader.bytes())).toBe('first rest')
      expect((await follower).text).toBe('first rest')
      expect(origin.count('/a')).toBe(1)
      expect(await outcomes(2)).toEqual({ miss: 1, coalesced: 1 })
    },
    { needs },
  )

  test(
    'that are coming go whole to the others where one stops reading',
    async ({ origin, call }) => {
      const gate = createGate()
      origin.on('/a', inPieces('first ', gate, 'rest'))
      const [leader, ...others] = await atOnce(3, () => call(`${origin.url}/a`))
      for await (const _piece of leader?.stream() ?? []) break
      gate.open()
      const bodies = await Promise.all(others.map((other) => other.bytes()))
      expect(bodies.map((bytes) => new TextDecoder().decode(bytes))).toEqual(['first rest', 'first rest'])
      expect(origin.count('/a')).toBe(1)
      expect(origin.abandoned('/a')).toBe(0)
    },
    { needs },
  )

  test(
    'that never end are let go of when their reader stops',
    async ({ origin, call }) => {
      origin.on('/a', endless)
      let gotBytes = 0
      for await (const piece of (await call(`${origin.url}/a`)).stream()) {
        gotBytes += piece.byteLength
        if (gotBytes > MEGABYTE) break
      }
      await until(() => origin.abandoned('/a') === 1, 'the connection is closed')
      expect(origin.count('/a')).toBe(1)
    },
    { needs },
  )

  test(
    'are held back where nobody reads',
    async ({ origin, call }) => {
      const sent = Buffer.alloc(64 * MEGABYTE, 'a')
      let heldBackBytes = 0
      origin.on('/a', (response) => {
        response.writeHead(200, { 'content-type': 'text/plain' })
        for (let at = 0; at < sent.byteLength; at += MEGABYTE)
          response.write(sent.subarray(at, at + MEGABYTE))
        setTimeout(() => {
          heldBackBytes = response.writableLength
          response.end()
        }, 200)
      })
      const answer = await call(`${origin.url}/a`)
      await until(() => heldBackBytes > 0, 'bytes held back')
      let gotBytes = 0
      for await (const piece of answer.stream()) gotBytes += piece.byteLength
      expect(gotBytes).toBe(sent.byteLength)
    },
    { needs, service: { maxBodyBytes: '1MB' } },
  )
}
