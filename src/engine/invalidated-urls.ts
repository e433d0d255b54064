// What a successful unsafe request makes stale beside its own URL. Pure. https://www.rfc-editor.org/rfc/rfc9111#section-4.4
import { firstValue } from '../http/header-fields.js'
import type { HeaderList } from '../model/header-list.js'

/** The URLs in `Location` and `Content-Location` that belong to the origin that was asked. */
export function invalidatedUrls(requestUrl: string, headers: HeaderList): readonly string[] {
  return ['location', 'content-location'].flatMap((name) => {
    const value = firstValue(headers, name)
    if (value === undefined || !URL.canParse(value, requestUrl)) return []
    const named = new URL(value, requestUrl)
    return named.origin === new URL(requestUrl).origin ? [named.href] : []
  })
}
