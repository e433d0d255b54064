// Makes text from elsewhere safe to show: a terminal must not obey what an API or a caller wrote. Pure.

/** Control characters but tab and line end replaced by `?`; with `line`, those too. */
export function printable(text: string, form: 'text' | 'line' = 'text'): string {
  return text.replace(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu, (character) =>
    form === 'text' && (character === '\n' || character === '\t') ? character : '?',
  )
}
