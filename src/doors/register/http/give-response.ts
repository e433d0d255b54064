// Gives a response to a socket: small bodies in one piece with their head, others as fast as they are read.
import type { AnswerBody } from '../../../model/answer-body.js'
import type { AnswerSocket } from './answer-socket.js'
import { LAST_CHUNK, type Message, chunkOf, messageOf } from './message.js'
import type { ResponseHead } from './response-head.js'

/** A response with the body that follows it. */
export interface WholeResponse extends ResponseHead {
  readonly body: Pick<AnswerBody, 'whole' | 'stream' | 'discard'>
}

/** The size of a piece, as network sockets give them. */
const PIECE_BYTES = 65_536

/** Gives all of a response; one whose body is cut short loses its connection, as it would have on the network. */
export async function giveResponse(
  socket: AnswerSocket,
  method: string,
  response: WholeResponse,
): Promise<void> {
  const { head, framing } = messageOf(method, response)
  const { body } = response
  if (framing === 'none' || socket.destroyed) {
    body.discard()
    void socket.give(Buffer.from(head, 'latin1'))
    socket.complete()
    return
  }
  const bytes = body.whole?.isRemote === false ? body.whole.bytes() : undefined
  if (bytes !== undefined) body.discard()
  if (bytes !== undefined && bytes.byteLength <= PIECE_BYTES && framing === 'length') {
    void socket.give(joined(head, bytes))
    socket.complete()
    return
  }
  void socket.give(Buffer.from(head, 'latin1'))
  try {
    await giveBody(socket, framing, bytes === undefined ? body.stream() : [bytes])
  } catch {
    socket.destroy()
  }
}

async function giveBody(
  socket: AnswerSocket,
  framing: Message['framing'],
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): Promise<void> {
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.byteLength; at += PIECE_BYTES) {
      const piece = chunk.subarray(at, at + PIECE_BYTES)
      await socket.give(framing === 'chunked' ? chunkOf(piece) : Buffer.from(piece))
      if (socket.destroyed) return
    }
  }
  if (framing === 'chunked') void socket.give(LAST_CHUNK)
  socket.complete()
}

/** A copy, since whoever reads it may write to it. */
function joined(head: string, bytes: Uint8Array): Uint8Array {
  const whole = Buffer.allocUnsafe(head.length + bytes.byteLength)
  whole.write(head, 'latin1')
  whole.set(bytes, head.length)
  return whole
}
