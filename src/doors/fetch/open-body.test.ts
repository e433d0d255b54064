import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import { until } from '../../../test/helpers/gate.js'
import type { AnswerBody } from '../../model/answer-body.js'
import { OpenBody } from './open-body.js'

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

/** A body that is still coming, and what its reader did to it. */
function coming(pieces: () => AsyncGenerator<Uint8Array>): { body: AnswerBody; seen: string[] } {
  const seen: string[] = []
  async function* stream(): AsyncGenerator<Uint8Array> {
    try {
      yield* pieces()
    } finally {
      seen.push('ended')
    }
  }
  const body: AnswerBody = {
    sizeBytes: undefined,
    whole: undefined,
    gather: () => Promise.reject(new Error('not gathered here')),
    stream,
    discard: () => void seen.push('discarded'),
  }
  return { body, seen }
}

async function* counted(read: number[]): AsyncGenerator<Uint8Array> {
  for (let number = 0; ; number += 1) {
    read.push(number)
    yield Uint8Array.of(number)
  }
}

async function* stuck(): AsyncGenerator<Uint8Array> {
  yield Uint8Array.of(1)
  await new Promise(() => undefined)
}

describe('a body as a stream', () => {
  it('is read no faster than its reader takes it', async () => {
    const read: number[] = []
    const { body } = coming(() => counted(read))
    const reader = new OpenBody(body, undefined).stream().getReader()
    await new Promise((resolve) => setImmediate(resolve))
    expect(read).toEqual([])
    expect((await reader.read()).value).toEqual(Uint8Array.of(0))
    await new Promise((resolve) => setImmediate(resolve))
    expect(read).toEqual([0])
  })

  it('lets go when it is cancelled, before and after it was begun', async () => {
    const { body, seen } = coming(() => counted([]))
    await new OpenBody(body, undefined).stream().cancel()
    expect(seen).toEqual(['discarded'])
    const begun = coming(() => counted([]))
    const reader = new OpenBody(begun.body, undefined).stream().getReader()
    await reader.read()
    await reader.cancel()
    await until(() => begun.seen.includes('ended'))
    expect(begun.seen).toEqual(['discarded', 'ended'])
  })

  it('lets go when the caller aborts, while nothing comes and nobody reads', async () => {
    const { body, seen } = coming(stuck)
    const caller = new AbortController()
    new OpenBody(body, caller.signal)
    caller.abort()
    expect(seen).toEqual(['discarded'])
  })

  it('fails with the reason when the caller aborts while it is read', async () => {
    const { body, seen } = coming(stuck)
    const caller = new AbortController()
    const reader = new OpenBody(body, caller.signal).stream().getReader()
    await reader.read()
    const waiting = reader.read()
    const reason = new Error('no more')
    caller.abort(reason)
    await expect(waiting).rejects.toBe(reason)
    await expect(reader.read()).rejects.toBe(reason)
    expect(seen).toContain('discarded')
  })

  it('gives copies, in pieces of 64 KiB at most', async () => {
    const shared = new Uint8Array(150_000).fill(7)
    const { body } = coming(async function* () {
      yield new Uint8Array()
      yield shared
    })
    const sizes: number[] = []
    for await (const piece of new OpenBody(body, undefined).stream()) {
      sizes.push(piece.byteLength)
      piece.fill(0)
    }
    expect(sizes).toEqual([65_536, 65_536, 18_928])
    expect(shared.every((byte) => byte === 7)).toBe(true)
  })

  it('can be read into a buffer of the caller, to the end', async () => {
    const { body } = coming(async function* () {
      yield Uint8Array.of(1, 2, 3)
    })
    const reader = new OpenBody(body, undefined).stream().getReader({ mode: 'byob' })
    const first = await reader.read(new Uint8Array(2))
    expect([...first.value!]).toEqual([1, 2])
    expect([...(await reader.read(new Uint8Array(2))).value!]).toEqual([3])
    expect((await reader.read(new Uint8Array(2))).done).toBe(true)
  })

  it('breaks off with "terminated" and the cause', async () => {
    const cause = new Error('reset')
    const { body } = coming(async function* () {
      yield Uint8Array.of(1)
      throw cause
    })
    const reader = new OpenBody(body, undefined).stream().getReader()
    await reader.read()
    const error = await reader.read().catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(TypeError)
    expect(error).toMatchObject({ message: 'terminated', cause })
  })

  it('does not listen to a signal any more once it has ended', async () => {
    const { body, seen } = coming(async function* () {
      yield Uint8Array.of(1)
    })
    const caller = new AbortController()
    const stream = new OpenBody(body, caller.signal).stream()
    for await (const piece of stream) expect(piece.byteLength).toBe(1)
    caller.abort()
    expect(seen).toEqual(['ended'])
  })
})

describe('a body that nobody holds any more', () => {
  it('is let go of, whether or not its stream was asked for', async () => {
    const unread = coming(stuck)
    const begun = coming(stuck)
    function forget(): void {
      const holder = {}
      new OpenBody(unread.body, new AbortController().signal).watch(holder)
      const open = new OpenBody(begun.body, undefined)
      open.watch(holder)
      open.stream()
    }
    forget()
    await until(() => {
      collectGarbage()
      return unread.seen.includes('discarded') && begun.seen.includes('discarded')
    }, 'letting go')
  })

  it('stays as long as someone holds its stream alone', async () => {
    const { body, seen } = coming(() => counted([]))
    function streamOf(): ReadableStream<Uint8Array> {
      const open = new OpenBody(body, undefined)
      open.watch({})
      return open.stream()
    }
    const reader = streamOf().getReader()
    for (let round = 0; round < 5; round += 1) {
      collectGarbage()
      await new Promise((resolve) => setImmediate(resolve))
      expect((await reader.read()).done).toBe(false)
    }
    expect(seen).toEqual([])
  })
})
