import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createSecretScanner } from './secret-scanner.js'

/** Scans a text in pieces that end at the given places; whether each piece was found to complete a secret. */
function scanIn(text: Buffer, seams: readonly number[], secrets: readonly string[]): boolean[] {
  const scan = createSecretScanner(secrets)
  const ends = [...new Set([...seams, text.byteLength])].sort((a, b) => a - b)
  return ends.map((end, index) => scan(text.subarray(ends[index - 1] ?? 0, end)))
}

describe('a scanner for secrets', () => {
  it('finds a secret wherever a body is cut, even into single bytes', () => {
    const text = Buffer.from('before s3cretvalue after')
    for (let seam = 0; seam <= text.byteLength; seam += 1)
      expect(scanIn(text, [seam], ['s3cretvalue']).at(-1)).toBe(true)
    const everywhere = Array.from(text.keys())
    const found = scanIn(text, everywhere, ['s3cretvalue'])
    expect(found.indexOf(true)).toBe(18)
    expect(found.slice(18).every(Boolean)).toBe(true)
  })

  it('finds the longest and the shortest of several', () => {
    const secrets = ['12345678', 'a'.repeat(300)]
    for (const secret of secrets) expect(scanIn(Buffer.from(`..${secret}..`), [4], secrets).at(-1)).toBe(true)
  })

  it('finds a secret that is percent-encoded as in a URL', () => {
    const text = Buffer.from('https://api.example.com/?k=a%20b%2Fsecret')
    expect(scanIn(text, [10, 30], ['a b/secret']).at(-1)).toBe(true)
  })

  it('finds a secret of more than ASCII, cut inside a character', () => {
    const text = Buffer.from('x geheimnis-\u00fc\u20ac y')
    for (let seam = 0; seam < text.byteLength; seam += 1)
      expect(scanIn(text, [seam], ['geheimnis-\u00fc\u20ac']).at(-1)).toBe(true)
  })

  it('remembers what it has found', () => {
    const scan = createSecretScanner(['s3cretvalue'])
    expect(['s3cretvalue', 'nothing', ''].map((piece) => scan(Buffer.from(piece)))).toEqual([
      true,
      true,
      true,
    ])
  })

  it.each([[[]], [['short']], [['1234567']]])('seeks none in %j: words are no secrets', (secrets) => {
    expect(scanIn(Buffer.from('short 1234567'), [], secrets)).toEqual([false])
  })

  it('agrees with a search of the whole text, wherever it is cut', () => {
    const letters = fc.constantFrom('a', 'b')
    const secret = fc.string({ unit: letters, minLength: 8, maxLength: 10 })
    const text = fc.string({ unit: letters, maxLength: 80 })
    fc.assert(
      fc.property(text, secret, fc.array(fc.nat({ max: 80 })), (body, sought, cuts) => {
        const seams = cuts.filter((cut) => cut <= body.length)
        expect(scanIn(Buffer.from(body), seams, [sought]).at(-1)).toBe(body.includes(sought))
      }),
      { numRuns: 500 },
    )
  })

  it('does not keep, or change, what it is given', () => {
    const piece = Buffer.from('s3cret')
    const scan = createSecretScanner(['s3cretvalue'])
    scan(piece)
    piece.fill('x')
    expect(scan(Buffer.from('value'))).toBe(true)
  })
})
