// Headers as they travel inside: an ordered list of raw pairs, so that duplicates survive.

/** Raw header names and values, in the order received. */
export type HeaderList = readonly (readonly [name: string, value: string])[]
