// Entity tags: reading and comparing. Pure. https://www.rfc-editor.org/rfc/rfc9110#section-8.8.3

/** An entity tag. One that is not well-formed is weak: it can stand for a copy, never for its bytes. */
export interface EntityTag {
  readonly isWeak: boolean
  readonly opaque: string
}

/** A tag, or a run of anything else between commas. A quotation ends at the next quote, so nothing is read twice. */
const TAG = /(W\/)?"([\x21\x23-\x7e\x80-\uffff]*)"|[^\s,]+/g

/** The tag in a field that has one; undefined where there is none. */
export function entityTagOf(value: string | undefined): EntityTag | undefined {
  const [tag] = tagsIn(value ?? '')
  return tag
}

/** The tags of an If-Match or If-None-Match field, or `*` where it names any. */
export function entityTagsOf(value: string): '*' | readonly EntityTag[] {
  return value.trim() === '*' ? '*' : tagsIn(value)
}

/** Same tag, weak or not. https://www.rfc-editor.org/rfc/rfc9110#section-8.8.3.2 */
export function matchesWeakly(one: EntityTag, other: EntityTag): boolean {
  return one.opaque === other.opaque
}

/** Same tag, and neither is weak. */
export function matchesStrongly(one: EntityTag, other: EntityTag): boolean {
  return !one.isWeak && !other.isWeak && one.opaque === other.opaque
}

function tagsIn(value: string): readonly EntityTag[] {
  return [...value.matchAll(TAG)].map(([text, weak, opaque]) => ({
    isWeak: weak !== undefined || opaque === undefined,
    opaque: opaque ?? text,
  }))
}
