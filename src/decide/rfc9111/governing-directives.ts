// Which directives of a response count for this cache, and which stale uses they leave. Pure.
import { cacheDirectives } from '../../http/cache-control.js'
import { type ResponseDirectives, responseDirectives } from '../../http/response-directives.js'
import { targetedDirectives } from '../../http/targeted-cache-control.js'
import type { HeaderList } from '../../model/header-list.js'
import type { Policy } from '../../model/policy.js'

/** The directives in force. */
export interface Governing {
  readonly directives: ResponseDirectives
  readonly cacheType: Policy['cacheType']
  /** True where they are aimed at shared caches: then Cache-Control and Expires do not count. */
  readonly isTargeted: boolean
}

/** Targeted directives for a shared cache, else those of Cache-Control. https://www.rfc-editor.org/rfc/rfc9213#section-2.2 */
export function governing(headers: HeaderList, cacheType: Policy['cacheType']): Governing {
  const targeted = cacheType === 'shared' ? targetedDirectives(headers) : undefined
  const directives = targeted ?? responseDirectives(cacheDirectives(headers))
  return { directives, cacheType, isTargeted: targeted !== undefined }
}

/** True where a stale response may be used though nothing says so. https://www.rfc-editor.org/rfc/rfc9111#section-4.2.4 */
export function allowsStale(governed: Governing): boolean {
  // s-maxage carries proxy-revalidate. https://www.rfc-editor.org/rfc/rfc9111#section-5.2.2.10
  const isImplied = governed.cacheType === 'shared' && governed.directives.sMaxAgeMs !== undefined
  return !isImplied && !demandsValidation(governed)
}

/**
 * How long past its freshness a response may be served while it is refreshed behind the caller, in milliseconds. An
 * origin that says this beside s-maxage takes back what s-maxage implies, not what must-revalidate says outright.
 * https://www.rfc-editor.org/rfc/rfc5861#section-3
 */
export function staleWhileRevalidateMs(governed: Governing): number {
  return demandsValidation(governed) ? 0 : (governed.directives.staleWhileRevalidateMs ?? 0)
}

/** How long past its freshness it may stand in for an error. https://www.rfc-editor.org/rfc/rfc5861#section-4 */
export function staleIfErrorMs(governed: Governing): number {
  return demandsValidation(governed) ? 0 : (governed.directives.staleIfErrorMs ?? 0)
}

function demandsValidation({ directives, cacheType }: Governing): boolean {
  return (
    directives.mustRevalidate ||
    directives.noCache === 'response' ||
    (cacheType === 'shared' && directives.proxyRevalidate)
  )
}
