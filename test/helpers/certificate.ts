// Certificates for servers that tests start with TLS.
import { generate } from 'selfsigned'

/** A certificate, its key, and the authority that a client has to trust, each as PEM. */
export interface Certificate {
  readonly authority: string
  readonly key: string
  readonly cert: string
}

/** The names that the certificate is for, 127.0.0.1 besides. */
const HOSTS = [
  'api.themoviedb.org',
  'api.spotify.com',
  'accounts.spotify.com',
  'www.googleapis.com',
  'books.googleapis.com',
  'localhost',
]

/** Makes an authority of its own, and a certificate for this machine and the real hosts that it signed. */
export async function createCertificate(): Promise<Certificate> {
  const common = { keyType: 'ec', algorithm: 'sha256' } as const
  const authority = await generate([{ name: 'commonName', value: 'Cachette test authority' }], {
    ...common,
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, critical: true },
    ],
  })
  const altNames = [
    ...HOSTS.map((value) => ({ type: 2 as const, value })),
    { type: 7 as const, ip: '127.0.0.1' },
  ]
  const leaf = await generate([{ name: 'commonName', value: 'localhost' }], {
    ...common,
    ca: { key: authority.private, cert: authority.cert },
    extensions: [
      { name: 'keyUsage', digitalSignature: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true },
      { name: 'subjectAltName', altNames },
    ],
  })
  return { authority: authority.cert, key: leaf.private, cert: leaf.cert }
}
