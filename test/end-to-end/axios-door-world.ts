// An axios over the adapter, on an instance with an origin, for tests of that door.
import axios, { type AxiosInstance, type CreateAxiosDefaults, type InternalAxiosRequestConfig } from 'axios'
import { type CachedResponse, createCachedAdapter } from '../../src/doors/axios/index.js'
import { type CacheWorld, type WorldOptions, openWorld } from '../helpers/cache-world.js'

/** Options of one call. */
export type CallConfig = Partial<InternalAxiosRequestConfig>

/** A test's surroundings. */
export interface AxiosWorld extends CacheWorld {
  readonly client: AxiosInstance
  get(path: string, config?: CallConfig): Promise<CachedResponse>
}

/** Makes them. */
export async function openAxios(
  { frozen = false, ...options }: WorldOptions & { frozen?: boolean } = {},
  defaults: CreateAxiosDefaults = {},
): Promise<AxiosWorld> {
  const world = await openWorld(options)
  const client = axios.create({
    ...defaults,
    baseURL: world.origin.url,
    adapter: createCachedAdapter(world.cachette, { frozen }),
  })
  const get: AxiosWorld['get'] = async (path, config) =>
    (await client.get(path, config as object)) as CachedResponse
  return { ...world, client, get }
}
