/** What the origin answers to a path. */
export interface Content {
  readonly path: string
  readonly version: number
  readonly text: string
}

/** The data of a path at a version; sent as JSON. */
export function contentOf(path: string, version: number): Content

/** What is wrong with data that claims to be a path's: a word, or undefined where it is whole. */
export function wrongIn(path: string, data: unknown): string | undefined
