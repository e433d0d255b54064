// One caller's hold on a coming body: read once, as a stream or whole, or let go of.
import type { AnswerBody } from '../model/answer-body.js'
import { EntryBody } from '../model/entry-body.js'
import { lettingGo } from './letting-go.js'

/** What a ticket is made of. */
export interface TicketParts {
  /** Reads from the first byte on. */
  read(): AsyncIterable<Uint8Array>
  /** Called once, when the caller needs it no more. */
  leave(): void
  /** The whole body, once it is there. */
  wholeNow(): EntryBody | undefined
  readonly sizeBytes: number | undefined
  tooLarge(): Error
}

/** No body is gathered beyond this: 256 MB. */
const MAX_GATHERED_BYTES = 256 * 1024 ** 2

/** Makes a ticket. */
export function createTicket(parts: TicketParts): AnswerBody {
  let isLeft = false
  let isTaken = false
  let tellBegun: (over: Promise<void>) => void = () => undefined
  let tellOver: () => void = () => undefined
  const over = new Promise<void>((resolve) => (tellOver = resolve))

  function leave(): void {
    if (isLeft) return
    isLeft = true
    parts.leave()
    tellOver()
  }

  async function* stream(): AsyncGenerator<Uint8Array> {
    try {
      for await (const piece of parts.read()) yield piece
    } finally {
      leave()
    }
  }

  function takeStream(): AsyncGenerator<Uint8Array> {
    if (isTaken) throw new TypeError('the body was read already')
    isTaken = true
    if (!isLeft) tellBegun(over)
    return lettingGo(stream(), leave)
  }

  return {
    get sizeBytes() {
      return parts.wholeNow()?.sizeBytes ?? parts.sizeBytes
    },
    get whole() {
      return parts.wholeNow()
    },
    reading: {
      onBegun(listener) {
        tellBegun = listener
        if (isTaken && !isLeft) listener(over)
      },
    },
    async gather() {
      const whole = parts.wholeNow()
      if (whole === undefined) return gatherAll(takeStream(), parts)
      leave()
      return whole
    },
    stream: takeStream,
    discard: leave,
  }
}

async function gatherAll(
  pieces: AsyncIterable<Uint8Array>,
  { wholeNow, tooLarge }: TicketParts,
): Promise<EntryBody> {
  const gathered: Uint8Array[] = []
  let sizeBytes = 0
  for await (const piece of pieces) {
    sizeBytes += piece.byteLength
    if (sizeBytes > MAX_GATHERED_BYTES) throw tooLarge()
    gathered.push(piece)
  }
  return wholeNow() ?? new EntryBody(Buffer.concat(gathered))
}
