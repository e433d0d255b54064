// Sends every TLS connection of a process to the origin on loopback, whatever host it was meant for.
// Below http and undici, so that what they patch or install stays theirs; a host that the certificate does not name
// fails there, and nothing ever leaves the machine over TLS.
import { syncBuiltinESMExports } from 'node:module'
import tls from 'node:tls'

const port = Number(process.env.ORIGIN_HTTPS_PORT)
const { connect } = tls

tls.connect = (options, ...rest) => {
  if (typeof options !== 'object')
    throw new TypeError('tls.connect: only the form with options is led to loopback')
  const servername = options.servername || options.host
  return connect({ ...options, host: '127.0.0.1', port, servername }, ...rest)
}
syncBuiltinESMExports()
