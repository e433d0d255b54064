// What the demo runs on: a local origin, what to ask of it, and a cache on a store that is thrown away.
import { assertNever } from '../../shared/assert-never.js'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Admin } from '../../admin/admin.js'
import { openLocalAdmin } from '../../admin/open-local-admin.js'
import { loadCatalogue } from '../../demo/catalogue.js'
import { createDemoOrigin } from '../../demo/demo-origin.js'
import type { DemoRequest, DemoService, LocalOrigin } from '../../demo/local-origin.js'
import { popularRequests } from '../../demo/popular-requests.js'
import { createReplayOrigin } from '../../demo/replay-origin.js'

/** How long answers of the one service with a short TTL stay fresh; see {@link openDemoWorld}. */
export const SHORT_TTL_MS = 1_800

/** The service whose answers are stale by the time the origin stops. */
export const SHORT_TTL_SERVICE: DemoService = 'tmdb'

/** Everything that one run needs. */
export interface DemoWorld {
  readonly origin: LocalOrigin
  /** What can be asked, most popular first. */
  readonly requests: readonly DemoRequest[]
  /** The cache now in use. */
  readonly admin: () => Admin
  /** Closes the cache and opens another on the same store, as a restarted process would. */
  restart(): Promise<void>
  /** The whole URL of a request. */
  urlOf(request: DemoRequest): string
  /** Ends the origin and the cache, and removes the store. Safe to call again. */
  close(): Promise<void>
}

/**
 * Opens the world. Answers of one service get a TTL of seconds instead of hours, so that some are asked for again with
 * their validator, and so that the end shows both what is still fresh and what is stale and served because the
 * origin is gone.
 *
 * @throws CachetteError `CACHETTE_CONFIG` where the folder of recordings cannot be replayed.
 */
export async function openDemoWorld(options: {
  readonly seed: number
  /** A folder of recordings to replay instead of answers made up. */
  readonly responses?: string
}): Promise<DemoWorld> {
  const { origin, requests } = await openOrigin(options)
  const folder = await mkdtemp(join(tmpdir(), 'cachette-demo-'))
  const environment = {
    ...origin.environment,
    [`CACHE_TTL_${SHORT_TTL_SERVICE.toUpperCase()}_HOURS`]: String(SHORT_TTL_MS / 3_600_000),
  }
  const open = (): Promise<Admin> => openLocalAdmin({ environment, store: `lmdb:${folder}` })
  let admin: Admin | undefined
  const close = async (): Promise<void> => {
    await admin?.close()
    await origin.close()
    await rm(folder, { recursive: true, force: true })
  }
  try {
    admin = await open()
  } catch (error) {
    await close()
    throw error
  }
  let current = admin
  return {
    origin,
    requests,
    admin: () => current,
    async restart() {
      await current.close()
      current = admin = await open()
    },
    urlOf({ service, path, params }) {
      const url = new URL(baseOf(origin, service) + path)
      for (const [name, value] of Object.entries(params)) url.searchParams.append(name, value)
      return url.href
    },
    close,
  }
}

async function openOrigin({
  seed,
  responses,
}: Parameters<typeof openDemoWorld>[0]): Promise<Pick<DemoWorld, 'origin' | 'requests'>> {
  if (responses === undefined) {
    return { origin: await createDemoOrigin({ seed }), requests: popularRequests(loadCatalogue(), seed) }
  }
  const origin = await createReplayOrigin(responses, { seed })
  return { origin, requests: origin.requests }
}

function baseOf({ environment }: LocalOrigin, service: DemoService): string {
  switch (service) {
    case 'tmdb':
      return environment.TMDB_BASE_URL
    case 'spotify':
      return environment.SPOTIFY_BASE_URL
    case 'books':
      return environment.GOOGLE_BOOKS_BASE_URL
    default:
      return assertNever(service)
  }
}
