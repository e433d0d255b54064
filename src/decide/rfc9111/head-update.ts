// What the answer to a HEAD says of a stored answer to a GET. Pure. https://www.rfc-editor.org/rfc/rfc9111#section-4.3.5
import { firstValue, mergeNotModified } from '../../http/header-fields.js'
import type { HeaderList } from '../../model/header-list.js'

/** What a HEAD and a stored response are compared by. */
export interface HeadUpdateQuestion {
  readonly stored: { readonly status: number; readonly headers: HeaderList }
  readonly head: { readonly status: number; readonly headers: HeaderList }
}

/** `unrelated`: it says nothing of the stored one, or nothing to compare by. `differs`: that one is stale. Else its fields after the update. */
export type HeadUpdate =
  | { readonly kind: 'unrelated' }
  | { readonly kind: 'differs' }
  | { readonly kind: 'same'; readonly headers: HeaderList }

/** Fields that are the same as long as the representation is. */
const COMPARED = ['etag', 'last-modified', 'content-length']

/** Compares what both carry: the tag, the date of the last change, the length. */
export function headUpdate({ stored, head }: HeadUpdateQuestion): HeadUpdate {
  if (head.status !== 200 || stored.status !== 200) return { kind: 'unrelated' }
  const differs = !COMPARED.every((name) => agree(name, stored.headers, head.headers))
  if (differs) return { kind: 'differs' }
  const isBoth = (name: string): boolean =>
    firstValue(stored.headers, name) !== undefined && firstValue(head.headers, name) !== undefined
  if (!COMPARED.some(isBoth)) return { kind: 'unrelated' }
  return { kind: 'same', headers: mergeNotModified(stored.headers, head.headers) }
}

/** A length that was not stored, as for what was stored decoded, is not compared; a new validator is a difference. */
function agree(name: string, stored: HeaderList, head: HeaderList): boolean {
  const [held, said] = [firstValue(stored, name), firstValue(head, name)]
  return said === undefined || said === held || (name === 'content-length' && held === undefined)
}
