import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type CheckingReader,
  type LiveOptions,
  type LiveWorld,
  MIB,
  checkingReader,
  openLive,
  turns,
} from '../../test/fuzz/body-harness.js'

/** What may happen to a live body, one thing at a time. */
type Happening =
  | { readonly kind: 'push'; readonly sizeBytes: number }
  | { readonly kind: 'step' | 'leave'; readonly who: number; readonly times: number }
  | { readonly kind: 'enter' | 'gather' | 'turn' | 'enter-and-leave' }

const times = fc.integer({ min: 1, max: 12 })
const happening: fc.Arbitrary<Happening> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({ kind: fc.constant('push' as const), sizeBytes: fc.nat({ max: 400_000 }) }),
  },
  {
    weight: 13,
    arbitrary: fc.record({
      kind: fc.constantFrom(...Array.from({ length: 12 }, () => 'step' as const), 'leave' as const),
      who: fc.nat({ max: 5 }),
      times,
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constantFrom('enter' as const, 'gather' as const, 'turn' as const, 'enter-and-leave' as const),
    }),
  },
)

interface Schedule {
  readonly options: LiveOptions
  readonly happenings: readonly Happening[]
  readonly end: 'end' | 'fail'
}

const keepBytes = fc.constantFrom(0, 700_000, 2 * MIB, 16 * MIB)
const schedule = (options: fc.Arbitrary<LiveOptions>): fc.Arbitrary<Schedule> =>
  fc.record({
    options,
    happenings: fc.array(happening, { minLength: 5, maxLength: 60 }),
    end: fc.constantFrom('end', 'end', 'fail'),
  })

/** How all the callers fared. */
interface Run extends LiveWorld {
  readonly readers: readonly CheckingReader[]
  readonly gathered: readonly { readonly bytes?: Uint8Array; readonly error?: string }[]
  /** The most that was taken from the source beyond the foremost reader. */
  readonly mostAheadBytes: number
}

async function runSchedule({ options, happenings, end }: Schedule): Promise<Run> {
  const world = openLive(options)
  const { live, source } = world
  const readers: CheckingReader[] = []
  const gathering: Promise<{ bytes?: Uint8Array; error?: string }>[] = []
  let mostAheadBytes = 0
  const enter = (): void => {
    const ticket = live.ticket()
    if (ticket !== undefined) readers.push(checkingReader(ticket))
  }
  for (let reader = 0; reader < 3; reader += 1) enter()
  for (const event of happenings) {
    if (event.kind === 'push') source.push(event.sizeBytes)
    else if (event.kind === 'enter') enter()
    else if (event.kind === 'enter-and-leave') live.ticket()?.discard()
    else if (event.kind === 'turn') await turns(1)
    else if (event.kind === 'gather') {
      const ticket = live.ticket()
      if (ticket !== undefined)
        gathering.push(
          ticket.gather().then(
            (body) => ({ bytes: body.bytes() }),
            (error: Error) => ({ error: error.message }),
          ),
        )
    } else if ('who' in event) {
      const reader = readers[event.who % Math.max(1, readers.length)]
      if (event.kind === 'leave') reader?.leave()
      else
        for (let time = 0; time < event.times && reader?.ended === undefined; time += 1) {
          reader?.step()
          await turns(1)
        }
    }
    if (gathering.length === 0) {
      const foremost = Math.max(0, ...readers.map(({ readBytes }) => readBytes))
      mostAheadBytes = Math.max(mostAheadBytes, source.takenBytes - foremost)
    }
  }
  if (end === 'end') source.end()
  else source.fail(new Error('the wire broke'))
  await Promise.all(readers.map((reader) => reader.drain()))
  return { ...world, readers, gathered: await Promise.all(gathering), mostAheadBytes }
}

/** Every caller got all bytes, or left, or was told why not; nobody got a wrong one. */
function expectRightBytes({ readers, gathered, source }: Run, allowed: readonly string[], end: string): void {
  const whole = end === 'end' ? ['done'] : ['the wire broke']
  for (const { ended, readBytes } of readers) {
    expect([...whole, 'left', ...allowed]).toContain(ended)
    if (ended === 'done') expect(readBytes).toBe(source.pushedBytes)
    expect(readBytes).toBeLessThanOrEqual(source.pushedBytes)
  }
  for (const { bytes, error } of gathered) {
    if (error !== undefined) expect([...whole, 'left', ...allowed]).toContain(error)
    else expect(bytes?.byteLength).toBe(source.pushedBytes)
  }
}

const RUNS = { numRuns: 150 }

describe('whatever happens to a live body', () => {
  it('its readers get every byte, in order, and once, where it is kept in the window', async () => {
    const options = fc.record({ keepBytes: fc.constant(24 * MIB), isStored: fc.boolean() })
    await fc.assert(
      fc.asyncProperty(schedule(options), async (given) => {
        const run = await runSchedule(given)
        expectRightBytes(run, [], given.end)
      }),
      RUNS,
    )
  })

  it('its readers get every byte, in order, and once, where it is written', async () => {
    const options = fc.record({ keepBytes: fc.constant(24 * MIB), writer: fc.constant('takes-all' as const) })
    await fc.assert(
      fc.asyncProperty(schedule(options), async (given) => {
        const run = await runSchedule(given)
        expectRightBytes(run, given.end === 'fail' ? ['it was abandoned', 'too-slow'] : [], given.end)
      }),
      RUNS,
    )
  })

  it('its readers get no wrong byte and no false end, where it is too large, or its writer fails', async () => {
    const options = fc.record({
      keepBytes,
      isStored: fc.boolean(),
      writer: fc.constantFrom('none' as const, 'takes-all' as const),
      failsAt: fc.constantFrom(1, 3, 5, 8, 100),
    })
    await fc.assert(
      fc.asyncProperty(schedule(options), async (given) => {
        const run = await runSchedule(given)
        expectRightBytes(run, ['too-slow', 'it was abandoned'], given.end)
      }),
      RUNS,
    )
  })

  it('no more is taken from the source than 1 MiB, or what the foremost reader waits for', async () => {
    const options = fc.record({ keepBytes, writer: fc.constantFrom('none' as const, 'takes-all' as const) })
    await fc.assert(
      fc.asyncProperty(schedule(options), async (given) => {
        const { mostAheadBytes, readers } = await runSchedule(given)
        if (readers.every(({ ended }) => ended !== 'left')) expect(mostAheadBytes).toBeLessThan(MIB + 400_000)
      }),
      RUNS,
    )
  })
})
