// The hook of register keeps the door contract, in each of the three ways that a program may call.
import { describe, expect, it } from 'vitest'
import { createCachette } from '../../src/create-cachette.js'
import { whole } from '../../src/testing/door-contract/replies.js'
import { startScriptedOrigin } from '../../src/testing/door-contract/scripted-origin.js'
import { type Runner, runDoorContract } from '../../src/testing/index.js'
import { registeredFetchDoor, registeredHttpDoor, registeredUndiciDoor } from '../contracts/door-clients.js'

const run: Runner = { describe, it, expect }

for (const door of [registeredFetchDoor, registeredUndiciDoor]) runDoorContract(run, door)

it.each([registeredHttpDoor, registeredFetchDoor, registeredUndiciDoor])(
  '$name: once it is closed, nothing is cached any more, and fetch is what it was',
  async (door) => {
    const plainFetch = globalThis.fetch
    const origin = await startScriptedOrigin()
    origin.on('/a', whole('answer', { headers: { 'cache-control': 'max-age=60' } }))
    const cachette = await createCachette({ store: 'memory:', env: {} })
    const client = await door.open(cachette)
    const call = async (): Promise<number> => {
      await (await client.call(`${origin.url}/a`)).bytes()
      return origin.count('/a')
    }
    expect([await call(), await call()]).toEqual([1, 1])
    await client.close()
    expect([await call(), await call()]).toEqual([2, 3])
    expect(globalThis.fetch).toBe(plainFetch)
    await origin.stop()
    await cachette.close()
  },
)

/** Asks for two calls counted as `bypass`, where node:http counts none: the test at the end says what holds instead. */
const COUNTED_POST = 'a POST goes past the cache with its body, each time'
const leftOut: string[] = []

runDoorContract(
  {
    ...run,
    it(title, body) {
      if (title === COUNTED_POST) leftOut.push(title)
      else it(title, body)
    },
  },
  registeredHttpDoor,
)

describe(`${registeredHttpDoor.name}, beside the contract`, () => {
  it('is left out of one fact', () => {
    expect(leftOut).toEqual([COUNTED_POST])
  })

  it('a POST reaches the origin with its body, each time, and the instance hears of none', async () => {
    const origin = await startScriptedOrigin()
    origin.on('/a', whole('answer'))
    const cachette = await createCachette({ store: 'memory:', env: {} })
    const door = await registeredHttpDoor.open(cachette)
    const heard: string[] = []
    cachette.on('request', ({ method }) => void heard.push(method))
    for (const method of ['POST', 'POST', 'GET']) {
      const body = method === 'POST' ? { body: 'héllo' } : {}
      const answer = await door.call(`${origin.url}/a`, { method, ...body })
      expect(new TextDecoder().decode(await answer.bytes())).toBe('answer')
    }
    expect(origin.requests.map(({ method, body }) => [method, body])).toEqual([
      ['POST', 'héllo'],
      ['POST', 'héllo'],
      ['GET', ''],
    ])
    await expect.poll(() => heard).toEqual(['GET'])
    await door.close()
    await origin.stop()
    await cachette.close()
  })
})
