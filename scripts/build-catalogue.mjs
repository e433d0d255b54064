// Makes dist/demo/catalogue.json, the content of the demo's APIs, from two development dependencies: film
// titles from vega-datasets, invented people, music and books from @faker-js/faker with a fixed seed.
// The same versions give the same bytes; nothing is done when the file is up to date.
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const SEED = 20_260_101
const MOVIES = 600
const ACTORS = 320
const ARTISTS = 120
const ALBUMS = 240
const BOOKS = 500
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

const target = fileURLToPath(new URL('../dist/demo/catalogue.json', import.meta.url))
const vegaFolder = folderOf('vega-datasets', 'build')
const versions = { vega: versionIn(vegaFolder), faker: versionIn(folderOf('@faker-js/faker', 'dist')) }
const stamp = createHash('sha256')
  .update(readFileSync(fileURLToPath(import.meta.url)))
  .update(JSON.stringify(versions))
  .digest('hex')
  .slice(0, 16)

if (stampOf(target) !== stamp) {
  const { Faker, base, en } = await import('@faker-js/faker')
  const faker = new Faker({ locale: [en, base], seed: SEED })
  const content = { ...films(faker), ...music(faker), ...books(faker) }
  const text = JSON.stringify({ stamp, sources: sources(), ...content })
  mkdirSync(dirname(target), { recursive: true })
  // Renamed into place, so that a test that runs meanwhile never reads half a file.
  writeFileSync(`${target}.${process.pid}`, text)
  renameSync(`${target}.${process.pid}`, target)
}

function sources() {
  return [
    {
      name: 'vega-datasets',
      version: versions.vega,
      licence: 'BSD-3-Clause',
      holder: 'Vega, University of Washington Interactive Data Lab',
      used: 'movies.json: titles, release dates, directors, genres, running times, ratings, budgets and takings',
    },
    {
      name: '@faker-js/faker',
      version: versions.faker,
      licence: 'MIT',
      holder: 'Faker contributors',
      used: 'names of performers, artists, albums, tracks, books, authors and publishers, combined at random',
    },
  ]
}

function films(faker) {
  const records = JSON.parse(readFileSync(join(vegaFolder, 'data/movies.json'), 'utf8'))
    .filter((film) => film.Title && film['IMDB Votes'] && film['IMDB Rating'] && film['Major Genre'])
    .map((film) => ({ ...film, released: releaseDate(film['Release Date']) }))
    .filter((film) => film.released !== undefined)
    .sort((a, b) => b['IMDB Votes'] - a['IMDB Votes'] || (String(a.Title) < String(b.Title) ? -1 : 1))
    .filter((film, index, all) => all.findIndex((other) => other.Title === film.Title) === index)
    .slice(0, MOVIES)
  const genres = distinct(records.map((film) => film['Major Genre'])).sort()
  const directors = distinct(records.map((film) => film.Director ?? faker.person.fullName()))
  const actors = faker.helpers.uniqueArray(() => faker.person.fullName(), ACTORS)
  const people = distinct([...directors, ...actors])
  const actorIndexes = actors.map((name) => people.indexOf(name))
  const movies = records.map((film) => ({
    title: String(film.Title),
    released: film.released,
    genre: genres.indexOf(film['Major Genre']),
    director: Math.max(0, people.indexOf(film.Director)),
    cast: faker.helpers.arrayElements(actorIndexes, 6),
    minutes: film['Running Time min'] ?? faker.number.int({ min: 82, max: 148 }),
    rating: film['IMDB Rating'],
    votes: film['IMDB Votes'],
    budget: film['Production Budget'] ?? 0,
    revenue: film['Worldwide Gross'] ?? 0,
    overview: faker.lorem.sentences(2),
  }))
  return { genres, people, movies }
}

function music(faker) {
  const artists = faker.helpers
    .uniqueArray(() => faker.music.artist(), ARTISTS)
    .map((name) => ({ name, genres: [faker.music.genre(), faker.music.genre()] }))
  const albums = faker.helpers
    .uniqueArray(() => faker.music.album(), ALBUMS)
    .map((name) => ({
      name,
      artist: faker.number.int({ max: ARTISTS - 1 }),
      released: day(faker, 1985, 2025),
      label: faker.company.name(),
      tracks: faker.helpers
        .uniqueArray(() => faker.music.songName(), faker.number.int({ min: 6, max: 12 }))
        .map((song) => [song, faker.number.int({ min: 95_000, max: 420_000 })]),
    }))
  return { artists, albums }
}

function books(faker) {
  const authors = faker.helpers.uniqueArray(() => faker.book.author(), 160)
  const publishers = faker.helpers.uniqueArray(() => faker.book.publisher(), 80)
  const titles = faker.helpers.uniqueArray(() => faker.book.title(), 200)
  const volumes = Array.from({ length: BOOKS }, (_, index) => ({
    title: titles[index % titles.length],
    subtitle: index < titles.length ? undefined : `Edition ${Math.floor(index / titles.length) + 1}`,
    author: (index % titles.length) % authors.length,
    publisher: faker.number.int({ max: publishers.length - 1 }),
    published: day(faker, 1950, 2025),
    genre: faker.book.genre(),
    series: index % 4 === 0 ? faker.book.series() : undefined,
    pages: faker.number.int({ min: 90, max: 980 }),
    isbn: faker.commerce.isbn({ separator: '' }),
    description: faker.lorem.sentences(3),
  }))
  return { authors, publishers, books: volumes }
}

function distinct(values) {
  return [...new Set(values)]
}

function day(faker, fromYear, toYear) {
  const year = faker.number.int({ min: fromYear, max: toYear })
  const month = faker.number.int({ min: 1, max: 12 })
  return `${year}-${two(month)}-${two(faker.number.int({ min: 1, max: 28 }))}`
}

/** `Jun 12 1998` as `1998-06-12`; undefined where the record has another form or a year yet to come. */
function releaseDate(text) {
  const match = /^([A-Z][a-z]{2}) (\d{1,2}) (\d{4})$/.exec(String(text))
  if (match === null || Number(match[3]) > 2011) return undefined
  return `${match[3]}-${two(MONTHS.indexOf(match[1]) + 1)}-${two(match[2])}`
}

function two(value) {
  return String(value).padStart(2, '0')
}

function stampOf(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).stamp
  } catch {
    return undefined
  }
}

/** Neither package exports its package.json, so the folder is cut off the path of what it does export. */
function folderOf(name, builtInto) {
  const entry = fileURLToPath(import.meta.resolve(name))
  return entry.slice(0, entry.lastIndexOf(`/${builtInto}/`))
}

function versionIn(folder) {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).version
}
