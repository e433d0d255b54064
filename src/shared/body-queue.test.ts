import { describe, expect, it } from 'vitest'
import { BodyQueue } from './body-queue.js'

const KILOBYTE = Buffer.alloc(1024)

function openQueue(): { readonly queue: BodyQueue; readonly said: string[] } {
  const said: string[] = []
  const queue = new BodyQueue({ resume: () => said.push('resume'), stop: () => said.push('stop') })
  return { queue, said }
}

async function readAll(queue: BodyQueue): Promise<string> {
  const chunks: Uint8Array[] = []
  for await (const chunk of queue) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}

describe('a body as it arrives', () => {
  it('is read in order, whether it comes before or after it is asked for', async () => {
    const { queue } = openQueue()
    queue.push(Buffer.from('a'))
    const reading = readAll(queue)
    await Promise.resolve()
    queue.push(Buffer.from('b'))
    queue.push(Buffer.from('c'))
    queue.end()
    expect(await reading).toBe('abc')
  })

  it('holds its source from 128 KiB on, until half of that is read', async () => {
    const { queue, said } = openQueue()
    const taken = Array.from({ length: 128 }, () => queue.push(KILOBYTE))
    expect(taken.indexOf(false)).toBe(127)
    for (let read = 0; read < 63; read += 1) await queue.next()
    expect(said).toEqual([])
    for (let read = 0; read < 10; read += 1) await queue.next()
    expect(said).toEqual(['resume'])
  })

  it('gives what came before it was cut short, then the error, then its end', async () => {
    const { queue } = openQueue()
    queue.push(Buffer.from('a'))
    queue.fail(new Error('cut'))
    expect(await queue.next()).toMatchObject({ done: false })
    await expect(queue.next()).rejects.toThrow('cut')
    expect(await queue.next()).toEqual({ done: true, value: undefined })
  })

  it('rejects whoever waits when it is cut short', async () => {
    const { queue } = openQueue()
    const waiting = queue.next()
    queue.fail(new Error('cut'))
    await expect(waiting).rejects.toThrow('cut')
  })

  it('stops its source once when nobody reads on, and lets go of who waits', async () => {
    const { queue, said } = openQueue()
    const waiting = queue.next()
    await queue.return()
    await queue.return()
    expect(await waiting).toEqual({ done: true, value: undefined })
    expect(queue.push(KILOBYTE)).toBe(true)
    expect(said).toEqual(['stop'])
  })

  it('has nothing to stop once it is whole', async () => {
    const { queue, said } = openQueue()
    queue.push(KILOBYTE)
    queue.end()
    for await (const chunk of queue) {
      expect(chunk).toBe(KILOBYTE)
      break
    }
    expect(said).toEqual([])
  })
})
