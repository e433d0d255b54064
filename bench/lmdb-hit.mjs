// What a hit from the embedded store costs, JSON in hand, beside a raw lmdb get and a SQLite row with JSON.parse.
import { deepStrictEqual } from 'node:assert'
import { join } from 'node:path'
import { open as openLmdb } from 'lmdb'
import { createFolder, openCachetteOnLmdb } from './peers/cachette.mjs'
import { asCommand, progress } from './shared/as-command.mjs'
import { BODY_BYTES, createBody } from './shared/body.mjs'
import { cachetteVersion, versionOf } from './shared/machine.mjs'
import { measure } from './shared/measure.mjs'
import { startOrigin } from './shared/origin.mjs'
import { formatCount, formatRatio, formatUs } from './shared/tables.mjs'

const PATH = '/3/search/movie?language=en-GB&page=1&query=inception'
const FLOOR = 'raw lmdb `getBinary` + `JSON.parse`'
const OURS = '**Cachette** `getExternal(url)`, LMDB, `memory: false`'
const ENCRYPTED = '**Cachette**, the same, encrypted'
/** The most that a hit may cost, in raw lmdb gets with `JSON.parse`. */
const TARGET_RATIO = 4

/** Runs the bench and returns its table and figures. */
export async function lmdbHit({ rounds }) {
  const body = createBody()
  const origin = await startOrigin(() => ({ body }))
  const contenders = [...rawLmdb(body), ...(await sqlite(body)), ...(await ours(origin)), parseAlone(body)]
  for (const { name, call, isBytes } of contenders) {
    await call()
    if (!isBytes) deepStrictEqual(await call(), JSON.parse(body), `${name} answers with another body`)
  }
  const figures = await measure(contenders, {
    rounds,
    onRound: (round, of) => progress(`LMDB hit: round ${round} of ${of}`),
  })
  if (origin.calls !== 2)
    throw new Error(`The origin was called ${origin.calls} times instead of once per store.`)

  for (const { close } of contenders) await close?.()
  await origin.stop()
  progress('')
  return { tables: [tableOf(contenders, figures)], figures: Object.fromEntries(figures) }
}

/** The same bytes in an lmdb database without compression or encoding: what no cache on LMDB can go below. */
function rawLmdb(body) {
  const folder = createFolder()
  const database = openLmdb({ path: folder.path, encoding: 'binary', compression: false })
  database.putSync(PATH, Buffer.from(body))
  const version = versionOf('lmdb')
  return [
    {
      name: 'raw lmdb `getBinary`, bytes only',
      version,
      call: async () => database.getBinary(PATH),
      isBytes: true,
    },
    {
      name: FLOOR,
      version,
      call: async () => JSON.parse(database.getBinary(PATH).toString()),
      async close() {
        await database.close()
        folder.remove()
      },
    },
  ]
}

/** A blob by primary key in WAL mode. Nothing where better-sqlite3 could not be built. */
async function sqlite(body) {
  let Database
  try {
    ;({ default: Database } = await import('better-sqlite3'))
    new Database(':memory:').close()
  } catch (error) {
    console.error(
      `better-sqlite3 cannot be loaded here, so its row is missing: ${error.message.split('\n')[0]}`,
    )
    return []
  }
  const folder = createFolder()
  const database = new Database(join(folder.path, 'bench.sqlite'))
  database.pragma('journal_mode = WAL')
  database.exec('CREATE TABLE entry (key TEXT PRIMARY KEY, body BLOB) WITHOUT ROWID')
  database.prepare('INSERT INTO entry VALUES (?, ?)').run(PATH, Buffer.from(body))
  const select = database.prepare('SELECT body FROM entry WHERE key = ?').pluck()
  return [
    {
      name: 'better-sqlite3, WAL, blob by primary key + `JSON.parse`',
      version: versionOf('better-sqlite3'),
      call: async () => JSON.parse(select.get(PATH).toString()),
      close() {
        database.close()
        folder.remove()
      },
    },
  ]
}

async function ours(origin) {
  const url = origin.url + PATH
  const openOne = async (name, isEncrypted) => {
    const { api, close } = await openCachetteOnLmdb({ origin, memory: false, isEncrypted })
    return { name, version: cachetteVersion(), call: () => api.getExternal(url), close }
  }
  return [await openOne(OURS, false), await openOne(ENCRYPTED, true)]
}

function parseAlone(body) {
  return {
    name: '`JSON.parse` of the body alone',
    version: process.version,
    call: async () => JSON.parse(body),
  }
}

function tableOf(contenders, figures) {
  const floorUs = figures.get(FLOOR).us
  const ratio = figures.get(OURS).us / floorUs
  return {
    title: 'Cost of a hit in the embedded store',
    columns: [
      { name: 'what' },
      { name: 'version' },
      { name: 'µs per hit', isNumber: true },
      { name: 'middle half', isNumber: true },
      { name: '× raw lmdb + parse', isNumber: true },
    ],
    rows: contenders.map(({ name, version }) => {
      const { us, lowUs, highUs } = figures.get(name)
      return [
        name,
        version,
        formatUs(us),
        `${formatUs(lowUs)}–${formatUs(highUs)}`,
        formatRatio(us / floorUs),
      ]
    }),
    notes: [
      `Body: ${formatCount(BODY_BYTES)} bytes. Target: Cachette at most ${TARGET_RATIO} × raw lmdb + parse: ${ratio <= TARGET_RATIO ? 'met' : 'missed'}, at ${formatRatio(ratio)}.`,
    ],
  }
}

await asCommand(import.meta.url, lmdbHit)
