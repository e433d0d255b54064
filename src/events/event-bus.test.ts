import { channel } from 'node:diagnostics_channel'
import { once } from 'node:events'
import { describe, expect, it } from 'vitest'
import { EVENT_NAMES, createEventBus } from './event-bus.js'

const WARNING = { message: 'something to see' }

function listening(): { readonly heard: unknown[]; readonly listener: (event: unknown) => void } {
  const heard: unknown[] = []
  return { heard, listener: (event) => void heard.push(event) }
}

describe('an event bus', () => {
  it('tells every listener of an event, and none of another', () => {
    const bus = createEventBus()
    const [one, other, third] = [listening(), listening(), listening()]
    bus.on('warning', one.listener)
    bus.on('warning', other.listener)
    bus.on('aborted', third.listener)
    bus.emit('warning', WARNING)
    expect([one.heard, other.heard, third.heard]).toEqual([[WARNING], [WARNING], []])
  })

  it('is heard as long as somebody listens', () => {
    const bus = createEventBus()
    expect(bus.isHeard('warning')).toBe(false)
    const [stop, stopOther] = [bus.on('warning', () => undefined), bus.on('warning', () => undefined)]
    stop()
    expect(bus.isHeard('warning')).toBe(true)
    stopOther()
    expect(bus.isHeard('warning')).toBe(false)
  })

  it('keeps a listener that came after another stopped twice', () => {
    const bus = createEventBus()
    const later = listening()
    const stop = bus.on('warning', () => undefined)
    stop()
    bus.on('warning', later.listener)
    stop()
    bus.emit('warning', WARNING)
    expect(later.heard).toEqual([WARNING])
  })

  it('counts a function that listens twice as two listeners', () => {
    const bus = createEventBus()
    const { heard, listener } = listening()
    const stop = bus.on('warning', listener)
    bus.on('warning', listener)
    bus.emit('warning', WARNING)
    stop()
    bus.emit('warning', WARNING)
    expect(heard).toHaveLength(3)
  })

  it('lets a listener stop itself while it is told', () => {
    const bus = createEventBus()
    const { heard, listener } = listening()
    const stop = bus.on('warning', () => stop())
    bus.on('warning', listener)
    bus.emit('warning', WARNING)
    bus.emit('warning', WARNING)
    expect(heard).toHaveLength(2)
  })

  const failing: readonly (readonly [string, () => void])[] = [
    [
      'throws',
      () => {
        throw new Error('on purpose')
      },
    ],
    ['rejects', (): unknown => Promise.reject(new Error('on purpose'))],
  ]

  it.each(failing)('warns of a listener that %s, and tells the others', async (_, listens) => {
    const bus = createEventBus()
    const { heard, listener } = listening()
    bus.on('warning', listens)
    bus.on('warning', listener)
    const warned = once(process, 'warning')
    bus.emit('warning', WARNING)
    expect(heard).toEqual([WARNING])
    const [warning] = (await warned) as [Error]
    expect(warning).toMatchObject({
      name: 'CachetteWarning',
      message: 'a cachette listener threw: Error: on purpose',
    })
  })

  it.each(EVENT_NAMES)('publishes %s on a diagnostics channel too, and is heard through it', (name) => {
    const bus = createEventBus()
    const { heard, listener } = listening()
    const published = channel(`cachette:${name}`)
    published.subscribe(listener)
    expect(bus.isHeard(name)).toBe(true)
    bus.emit(name, WARNING as never)
    published.unsubscribe(listener)
    expect(bus.isHeard(name)).toBe(false)
    expect(heard).toEqual([WARNING])
  })

  it('is one of its own for each instance', () => {
    const [bus, other] = [createEventBus(), createEventBus()]
    const { heard, listener } = listening()
    bus.on('warning', listener)
    other.emit('warning', WARNING)
    expect(heard).toEqual([])
  })
})
