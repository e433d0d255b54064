// Changes as the channel tells them and as the log keeps them. Pure.
import type { LoggedChange } from './heard.js'

const SPACE = 0x20

/** A message of the channel: `before number kind payload`; undefined for anything else. */
export function messageOf(message: Buffer): LoggedChange | undefined {
  const first = message.indexOf(SPACE)
  const second = message.indexOf(SPACE, first + 1)
  const third = message.indexOf(SPACE, second + 1)
  if (first < 0 || second < 0 || third < 0) return undefined
  return {
    before: Number(message.toString('latin1', 0, first)),
    number: Number(message.toString('latin1', first + 1, second)),
    kind: message.toString('latin1', second + 1, third),
    payload: message.subarray(third + 1),
  }
}

/** The rows of the log, which is a stream: an id that is the number, then names and values. */
export function changesOf(rows: unknown): readonly LoggedChange[] {
  if (!Array.isArray(rows)) return []
  return (rows as readonly (readonly [Buffer, readonly Buffer[]])[]).map(([id, fields]) => ({
    before: numberOf(fieldOf(fields, 'b')),
    number: Number(id.toString().split('-')[0]),
    kind: String(fieldOf(fields, 'k')),
    payload: fieldOf(fields, 'p') ?? Buffer.alloc(0),
  }))
}

/** A number out of a reply; 0 where there is none. */
export function numberOf(reply: unknown): number {
  return reply === null || reply === undefined ? 0 : Number(String(reply))
}

function fieldOf(fields: readonly Buffer[], name: string): Buffer | undefined {
  const at = fields.findIndex((field, index) => index % 2 === 0 && field.toString() === name)
  return at < 0 ? undefined : fields[at + 1]
}
