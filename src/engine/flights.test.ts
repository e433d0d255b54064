import { describe, expect, it } from 'vitest'
import { systemClock } from '../shared/clock.js'
import { type FlightWork, createFlights } from './flights.js'

interface Landing {
  readonly work: () => Promise<FlightWork<string>>
  land(result: string, isFindable?: Promise<unknown>): void
  crash(error: Error): void
}

function landing(): Landing {
  let settle: { resolve: (work: FlightWork<string>) => void; reject: (error: Error) => void } | undefined
  const promise = new Promise<FlightWork<string>>((resolve, reject) => (settle = { resolve, reject }))
  return {
    work: () => promise,
    land: (result, isFindable) => settle?.resolve({ result, isFindable, released: undefined }),
    crash: (error) => settle?.reject(error),
  }
}

const PATIENT = { signal: undefined, deadline: undefined, clock: systemClock }
const itself = (result: string): string => result
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

describe('a flight', () => {
  it('can be joined from the moment it is led', async () => {
    const flights = createFlights<string>(
      () => 0,
      () => undefined,
    )
    const { work, land } = landing()
    const flight = flights.lead('k', 7, work)
    expect(flights.get('k')).toBe(flight)
    expect(flight.beganSequence).toBe(7)
    expect(flights.get('other')).toBeUndefined()
    land('answer')
    expect(await flight.wait(PATIENT, itself)).toBe('answer')
  })

  it('gives its result before its entry can be found, and stays until it can', async () => {
    const flights = createFlights<string>(
      () => 0,
      () => undefined,
    )
    const { work, land } = landing()
    let found: () => void = () => undefined
    const flight = flights.lead('k', 1, work)
    land('answer', new Promise<void>((resolve) => (found = resolve)))
    expect(await flight.wait(PATIENT, itself)).toBe('answer')
    await turn()
    expect(flights.get('k')).toBe(flight)
    found()
    await turn()
    expect(flights.get('k')).toBeUndefined()
  })

  it.each([
    ['there is nothing to find', (): undefined => undefined],
    ['its entry cannot be stored', () => Promise.reject(new Error('disk full'))],
  ])('ends where %s', async (_, find) => {
    const flights = createFlights<string>(
      () => 0,
      () => undefined,
    )
    const { work, land } = landing()
    const flight = flights.lead('k', 1, work)
    land('answer', find())
    expect(await flight.wait(PATIENT, itself)).toBe('answer')
    await turn()
    expect(flights.get('k')).toBeUndefined()
  })

  it('shares its failure with all who wait, and ends', async () => {
    const flights = createFlights<string>(
      () => 0,
      () => undefined,
    )
    const { work, crash } = landing()
    const flight = flights.lead('k', 1, work)
    const waiting = [flight.wait(PATIENT, itself), flights.get('k')!.wait(PATIENT, itself)].map((result) =>
      result.catch((error: unknown) => error),
    )
    crash(new Error('broken'))
    expect(await Promise.all(waiting)).toEqual([new Error('broken'), new Error('broken')])
    await turn()
    expect(flights.get('k')).toBeUndefined()
  })

  it('may take the place of another, which then ends without it', async () => {
    const flights = createFlights<string>(
      () => 0,
      () => undefined,
    )
    const [first, second] = [landing(), landing()]
    flights.lead('k', 1, first.work)
    const later = flights.lead('k', 2, second.work)
    first.land('old')
    await turn()
    expect(flights.get('k')).toBe(later)
    second.land('new')
    await flights.settled()
    expect(flights.get('k')).toBeUndefined()
  })

  it('is waited for until it has landed', async () => {
    const flights = createFlights<string>(
      () => 0,
      () => undefined,
    )
    const [first, second] = [landing(), landing()]
    flights.lead('a', 1, first.work)
    flights.lead('b', 1, second.work)
    let isSettled = false
    const settled = flights.settled().then(() => (isSettled = true))
    first.land('x')
    await turn()
    expect(isSettled).toBe(false)
    second.crash(new Error('broken'))
    await settled
    expect(isSettled).toBe(true)
  })
})

describe('a key kept apart', () => {
  it('is so for 10 s, to the millisecond, and no other key is', () => {
    const flights = createFlights<string>(
      () => 0,
      () => undefined,
    )
    expect(flights.isKeptApart('k', 1_000)).toBe(false)
    flights.keepApart('k', 1_000)
    expect(flights.isKeptApart('k', 10_999)).toBe(true)
    expect(flights.isKeptApart('other', 10_999)).toBe(false)
    expect(flights.isKeptApart('k', 11_000)).toBe(false)
    expect(flights.isKeptApart('k', 1_000)).toBe(false)
  })

  it('is one of at most 10,000 that are remembered', () => {
    const flights = createFlights<string>(
      () => 0,
      () => undefined,
    )
    for (let index = 0; index <= 10_000; index += 1) flights.keepApart(`k${index}`, 0)
    expect(flights.isKeptApart('k10000', 1)).toBe(true)
    expect(flights.isKeptApart('k0', 1)).toBe(false)
  })

  it('tells its work when the last one who waits has left, and not before', async () => {
    const flights = createFlights<string>(
      () => 0,
      () => undefined,
    )
    const { work } = landing()
    let timesUnwanted = 0
    const flight = flights.lead('k', 1, (interest) => {
      interest.onUnwanted(() => (timesUnwanted += 1))
      return work()
    })
    const first = new AbortController()
    const second = new AbortController()
    const waiting = [first, second].map(({ signal }) =>
      flight.wait({ ...PATIENT, signal }, itself).catch((error: unknown) => error),
    )
    first.abort(new Error('first left'))
    await waiting[0]
    expect(timesUnwanted).toBe(0)
    second.abort(new Error('second left'))
    expect(await waiting[1]).toEqual(new Error('second left'))
    expect(timesUnwanted).toBe(1)
  })
})
