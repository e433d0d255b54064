// What a response says of the request behind it. An answer out of the cache has no request of Node's own, so all answers
// carry this: what programs read there.

/** Stands where axios puts Node's request. */
export class AnsweredRequest {
  readonly method: string
  /** `responseUrl` is the URL that answered: the last one where redirects were followed. */
  readonly res: { readonly responseUrl: string }

  constructor(method: string, responseUrl: string) {
    this.method = method
    this.res = { responseUrl }
  }

  get protocol(): string {
    return this.#url.protocol
  }

  get host(): string {
    return this.#url.hostname
  }

  get path(): string {
    return `${this.#url.pathname}${this.#url.search}`
  }

  get #url(): URL {
    return new URL(this.res.responseUrl)
  }
}
