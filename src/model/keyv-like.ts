// What of a Keyv instance is used. https://keyv.org

/** A Keyv, or whatever has its methods. */
export interface KeyvLike {
  get(key: string): Promise<unknown>
  set(key: string, value: unknown, ttlMs?: number): Promise<unknown>
  delete(key: string): Promise<unknown>
  /** Whether it throws what its own store fails with; it is set to true where it is there. */
  throwOnErrors?: boolean
  /** How long a Keyv keeps what is set without a time to live, in milliseconds. */
  readonly ttl?: number | undefined
  disconnect?(): Promise<unknown>
  /** Names and values, where the Keyv's own store can go through them; without it nothing can be listed or cleaned. */
  iterator?: ((namespace?: unknown) => AsyncIterable<unknown>) | undefined
}
