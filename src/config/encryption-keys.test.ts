import { randomBytes } from 'node:crypto'
import { inspect } from 'node:util'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { refusalOf } from '../../test/helpers/refusal.js'
import { readEncryptionKeys } from './encryption-keys.js'

const bytes = randomBytes(32)
const hex = bytes.toString('hex')
const keyOf = (text: string): Buffer | undefined =>
  readEncryptionKeys({ CACHETTE_ENCRYPTION_KEY: text })?.current.export()
const refusal = (text: string): string =>
  refusalOf(() => readEncryptionKeys({ CACHETTE_ENCRYPTION_KEY: text }))

describe('encryption keys', () => {
  it('are none where no variable is set', () => {
    expect(readEncryptionKeys({})).toBeUndefined()
  })

  it('are 32 bytes as hex digits of either case, or base64 of either alphabet, padded or not', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), (array) => {
        const key = Buffer.from(array)
        const base64 = key.toString('base64')
        const forms = [
          key.toString('hex'),
          key.toString('hex').toUpperCase(),
          base64,
          base64.replace('=', ''),
          key.toString('base64url'),
          ` ${base64}\n`,
        ]
        for (const form of forms) expect(keyOf(form)?.equals(key)).toBe(true)
      }),
    )
  })

  it.each([
    ['nothing', '', 'is empty; expected 32 bytes as 64 hex digits or base64'],
    ['one character', 'x', 'is no key: it has 1 characters; expected 32 bytes'],
    ['a hex digit too few', hex.slice(1), 'is no key: it has 63 characters'],
    ['a hex digit too many', `${hex}0`, 'is no key: it has 65 characters'],
    ['hex digits after 0x', `0x${hex.slice(2)}`, 'is no key: it has 64 characters'],
    ['31 bytes in base64', randomBytes(31).toString('base64'), 'is no key: it has 44 characters'],
    ['33 bytes in base64', randomBytes(33).toString('base64'), 'is no key: it has 44 characters'],
    ['16 bytes in hex', randomBytes(16).toString('hex'), 'is no key: it has 32 characters'],
    ['a passphrase', 'correct horse battery staple, and so on and on', 'is no key: it has 46 characters'],
  ])('%s is refused by name', (_what, text, message) => {
    expect(refusal(text).startsWith(`CACHETTE_ENCRYPTION_KEY ${message}`)).toBe(true)
  })

  it('no refusal repeats what was given', () => {
    const nearly = [
      hex.slice(0, 60),
      `${hex}ff`,
      `${bytes.toString('base64')}==`,
      'my-very-secret-passphrase',
    ]
    for (const text of nearly) expect(refusal(text)).not.toContain(text.slice(0, 8))
  })

  it('a base64 text with bits to spare that are not 0 is refused, since it was cut or mistyped', () => {
    expect(refusal(`${'A'.repeat(42)}B=`)).toMatch(/is no key/)
  })

  it('earlier ones are a list with commas between, and each is checked', () => {
    const [first, second] = [randomBytes(32), randomBytes(32)]
    const list = `${first.toString('hex')}, ${second.toString('base64')}`
    const keys = readEncryptionKeys({ CACHETTE_ENCRYPTION_KEY: hex, CACHETTE_ENCRYPTION_KEY_PREVIOUS: list })
    expect(keys?.previous.map((key) => key.export())).toEqual([first, second])
    const wrong = { CACHETTE_ENCRYPTION_KEY: hex, CACHETTE_ENCRYPTION_KEY_PREVIOUS: `${hex},` }
    expect(refusalOf(() => readEncryptionKeys(wrong))).toMatch(
      /^CACHETTE_ENCRYPTION_KEY_PREVIOUS, number 2 of 2, is empty;/,
    )
  })

  it('earlier ones may be set to nothing, but not without the present one', () => {
    const none = { CACHETTE_ENCRYPTION_KEY: hex, CACHETTE_ENCRYPTION_KEY_PREVIOUS: '' }
    expect(readEncryptionKeys(none)?.previous).toEqual([])
    expect(refusalOf(() => readEncryptionKeys({ CACHETTE_ENCRYPTION_KEY_PREVIOUS: hex }))).toBe(
      'CACHETTE_ENCRYPTION_KEY_PREVIOUS is set, but CACHETTE_ENCRYPTION_KEY is not; set that to the key to encrypt under',
    )
  })

  it('show nothing of themselves when printed, in any form', () => {
    const keys = readEncryptionKeys({ CACHETTE_ENCRYPTION_KEY: hex, CACHETTE_ENCRYPTION_KEY_PREVIOUS: hex })
    const shown = [
      inspect(keys, { showHidden: true, depth: 9 }),
      JSON.stringify(keys),
      String(keys?.current),
      new Error('x', { cause: keys }).stack,
    ].join('\n')
    for (const form of [hex, bytes.toString('base64'), bytes.toString('latin1'), [...bytes].join(',')])
      expect(shown).not.toContain(form.slice(0, 12))
  })
})
