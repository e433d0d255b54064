// What a Content-Type says about a body. Pure. https://www.rfc-editor.org/rfc/rfc9110#section-8.3

/** How a body is handed to callers of the service class. */
export type BodyForm = 'json' | 'text' | 'bytes'

/** `application/json` and `+json` are JSON, `text/*` is text, all else bytes. */
export function bodyForm(contentType: string | undefined): BodyForm {
  const text = contentType ?? ''
  const known = forms.get(text)
  if (known !== undefined) return known
  if (forms.size >= MAX_FORMS) forms.clear()
  const form = readForm(text)
  forms.set(text, form)
  return form
}

/** Few types are ever seen, and each of them with every answer. */
const forms = new Map<string, BodyForm>()
const MAX_FORMS = 100

function readForm(contentType: string): BodyForm {
  const type = contentType.split(';', 1)[0]?.trim().toLowerCase() ?? ''
  if (type === 'application/json' || /^[\w.+-]+\/[\w.+-]+\+json$/.test(type)) return 'json'
  return type.startsWith('text/') ? 'text' : 'bytes'
}

/** The charset that a Content-Type names, or `utf-8`. */
export function charsetOf(contentType: string | undefined): string {
  return /;\s*charset\s*=\s*"?([^\s";]+)/i.exec(contentType ?? '')?.[1]?.toLowerCase() ?? 'utf-8'
}
