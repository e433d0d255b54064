import { describe, expect, it } from 'vitest'
import { connectHint } from './connect-hint.js'

describe('the hint on a connection that failed', () => {
  it('names the variable where the authority of a certificate is not known', () => {
    for (const code of ['SELF_SIGNED_CERT_IN_CHAIN', 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY']) {
      expect(connectHint(Object.assign(new Error('no'), { code }))).toContain('NODE_EXTRA_CA_CERTS')
    }
  })

  it('is nothing for what says enough by itself', () => {
    expect([
      connectHint(Object.assign(new Error('no'), { code: 'ECONNREFUSED' })),
      connectHint('no'),
    ]).toEqual(['', ''])
  })
})
