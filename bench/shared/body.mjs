// The body that every bench serves: a page of film search results, 10.7 kB of JSON, the same in every run.

const WORDS =
  'a the of and in to his her with from when two last night city river war love dream secret family old young stranger past home light long road must find where their world after comes finds'.split(
    ' ',
  )
const RESULTS = 20

/** The size of the body in bytes; it is ASCII, so also its length. */
export const BODY_BYTES = 10_700

/** A small generator of numbers in [0, 1), seeded, so that the body never changes between runs. */
function createRandom(seed) {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

function sentence(random, words) {
  const parts = Array.from({ length: words }, () => WORDS[Math.floor(random() * WORDS.length)])
  const text = parts.join(' ')
  return text[0].toUpperCase() + text.slice(1) + '.'
}

function film(random, index) {
  const title = sentence(random, 3).slice(0, -1)
  const path = () =>
    `/${Math.floor(random() * 36 ** 8).toString(36)}${Math.floor(random() * 36 ** 8).toString(36)}.jpg`
  const day = String(1 + Math.floor(random() * 28)).padStart(2, '0')
  return {
    adult: false,
    backdrop_path: path(),
    genre_ids: [28, 878, 12, 53].slice(0, 1 + Math.floor(random() * 4)),
    id: 27_205 + index * 977,
    original_language: 'en',
    original_title: title,
    overview: sentence(random, 38),
    popularity: Math.round(random() * 1e5) / 1e3,
    poster_path: path(),
    release_date: `${1960 + Math.floor(random() * 60)}-07-${day}`,
    title,
    video: false,
    vote_average: Math.round(random() * 1e4) / 1e3,
    vote_count: Math.floor(random() * 30_000),
  }
}

/** The body as text. The last overview is filled up or cut so that the size is exact. */
export function createBody() {
  const random = createRandom(20_100_716)
  const results = Array.from({ length: RESULTS }, (_, index) => film(random, index))
  const page = { page: 1, results, total_pages: 1, total_results: RESULTS }
  const last = results[RESULTS - 1]
  const missing = BODY_BYTES - JSON.stringify(page).length
  last.overview =
    missing < 0
      ? last.overview.slice(0, missing)
      : last.overview + ' and so on'.repeat(missing).slice(0, missing)
  return JSON.stringify(page)
}
