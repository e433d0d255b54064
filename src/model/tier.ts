// The places an answer can come from.

/** A place where entries are kept. */
export type StoreTier = 'memory' | 'lmdb' | 'redis' | 'keyv'

/** Where an answer came from: a tier, or the origin itself. */
export type Tier = StoreTier | 'origin'

/** A value, or the promise of one: embedded tiers answer at once, remote ones later. */
export type Awaitable<T> = T | Promise<T>
