// Redirects to a URL with a name and password in it, which fetch does not follow: they would be sent to whoever the origin
// likes. https://fetch.spec.whatwg.org/#http-redirect-fetch
import { firstValue } from '../../http/header-fields.js'
import type { Transport } from '../../model/transport.js'

/** True for a URL with a name or password. */
export function hasCredentials(url: string): boolean {
  // Nearly no URL has the sign, and parsing takes longer than all else.
  if (!url.includes('@') || !URL.canParse(url)) return false
  const { username, password } = new URL(url)
  return username !== '' || password !== ''
}

/** The error of such a redirect. */
export function credentialsError(): Error {
  return new Error('the call was redirected to a URL with a name or password in it')
}

/** The same network for calls whose redirects are followed: such a redirect is a failure. */
export function withoutRedirectCredentials(transport: Transport): Transport {
  return async (request) => {
    const response = await transport(request)
    const { status, headers, body } = response
    const location = status >= 300 && status < 400 ? firstValue(headers, 'location') : undefined
    const target = location !== undefined && URL.canParse(location, request.url)
    if (!target || !hasCredentials(new URL(location, request.url).href)) return response
    await body[Symbol.asyncIterator]().return?.()
    throw credentialsError()
  }
}
