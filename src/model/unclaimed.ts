// The service that hosts count under which no service claims.

/** Its reserved name. */
export const UNCLAIMED = 'other'
