// Reads the file of `warm --file`: a URL per line, with its service before it where wanted. Pure.
import { UsageError } from '../usage-error.js'

/** One request to warm up with. */
export interface WarmRequest {
  /** Undefined: the service that claims the URL's host. */
  readonly service: string | undefined
  readonly url: string
}

const MOST_BAD_LINES_SHOWN = 3

/**
 * The requests of a file, in order. Blank lines and lines that begin with `#` are skipped.
 *
 * @throws UsageError naming the file and the first bad lines, or the file where it holds no URL.
 */
export function parseUrlFile(text: string, fileName: string): readonly WarmRequest[] {
  const requests: WarmRequest[] = []
  const badLines: string[] = []
  for (const [index, line] of text
    .replace(/^\ufeff/, '')
    .split(/\r?\n/)
    .entries()) {
    const content = line.trim()
    if (content === '' || content.startsWith('#')) continue
    const parsed = parseLine(content)
    if (typeof parsed === 'string') badLines.push(`${fileName}:${index + 1}: ${parsed}`)
    else requests.push(parsed)
  }
  if (badLines.length > 0) throw new UsageError(badLinesSentence(badLines))
  if (requests.length === 0) {
    throw new UsageError(
      `${fileName} holds no URL; give one per line, with its service before it if you like.`,
    )
  }
  return requests
}

/** The request, or what is wrong with the line. */
function parseLine(content: string): WarmRequest | string {
  const words = content.split(/\s+/)
  const url = words.at(-1) ?? ''
  const service = words.length > 1 ? words[0] : undefined
  if (words.length > 2) return `'${content}' has more than a service and a URL; encode spaces in URLs as %20`
  if (!/^https?:\/\//i.test(url) || !URL.canParse(url)) {
    return `'${url}' is not a URL that begins with http:// or https://`
  }
  return { service, url }
}

function badLinesSentence(badLines: readonly string[]): string {
  const shown = badLines.slice(0, MOST_BAD_LINES_SHOWN).join('\n')
  const rest = badLines.length - MOST_BAD_LINES_SHOWN
  const more = rest > 0 ? `\nand ${rest} more` : ''
  return `${shown}${more}\nNothing was called; correct the file and run again.`
}
