// What the origin of the drills answers: everything follows from the path and a version number, so that any caller can
// tell an answer that is wrong, torn, or somebody else's. Pure.

/** Text under a path whose name says so is large enough for several chunks. */
const LARGE_CHARACTERS = 700_000
const MOST_CHARACTERS = 12_000

/** The data of a path at a version; sent as JSON. */
export function contentOf(path, version) {
  const line = `${path}#${version};`
  const length = path.startsWith('/large/') ? LARGE_CHARACTERS : 300 + (numberOf(path) % MOST_CHARACTERS)
  return { path, version, text: line.repeat(Math.ceil(length / line.length)) }
}

/** What is wrong with data that claims to be a path's: a word, or undefined where it is whole. */
export function wrongIn(path, data) {
  if (typeof data !== 'object' || data === null) return 'not-the-origins'
  if (data.path !== path) return typeof data.path === 'string' ? 'of-another-path' : 'not-the-origins'
  if (!Number.isInteger(data.version) || data.version < 1) return 'torn'
  return data.text === contentOf(path, data.version).text ? undefined : 'torn'
}

function numberOf(text) {
  let number = 7
  for (let index = 0; index < text.length; index += 1) number = (number * 31 + text.charCodeAt(index)) >>> 0
  return number
}
