import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { createEnvelope } from '../../src/stores/codec/envelope.js'
import { decodeHead } from '../../src/stores/codec/head-codec.js'
import { numberKey } from '../../src/stores/lmdb/keys.js'
import type { Tables } from '../../src/stores/lmdb/tables.js'
import { findUnfinished } from '../../src/stores/lmdb/unfinished-bodies.js'

/** What version 0.2 writes otherwise than version 0.1; never written anew. */
interface Recorded {
  readonly key: string
  readonly entry: { readonly head: unknown; readonly place: unknown; readonly sealed: string }
  readonly unfinished: { readonly body: { readonly number: number }; readonly sealed: string }
}

const recorded = JSON.parse(readFileSync(new URL('records-v2.json', import.meta.url), 'utf8')) as Recorded

const envelope = createEnvelope()

describe('records of format version 2', () => {
  it('an entry is read as it was written, with the age it had when it came', () => {
    const { head, place, sealed } = recorded.entry
    expect(decodeHead(envelope, Buffer.from(recorded.key), Buffer.from(sealed, 'base64'))).toEqual({
      state: 'whole',
      stored: { kind: 'entry', head, place },
    })
  })

  it('a body that is still coming is read as it was written', () => {
    const { body, sealed } = recorded.unfinished
    const peek = (key: Buffer) =>
      key.equals(numberKey(body.number)) ? Buffer.from(sealed, 'base64') : undefined
    expect(findUnfinished({ envelope, unfinished: { peek } } as unknown as Tables, body.number)).toEqual(body)
  })
})
