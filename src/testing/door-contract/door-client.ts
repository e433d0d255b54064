// A door as the contract uses it: calls in, answers out, in one form for all doors.
import type { Cachette } from '../../create-cachette.js'

/** What is asked. */
export interface DoorCall {
  /** Default `GET`. */
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  readonly signal?: AbortSignal
}

/** What came back. One of `bytes` and `stream` is asked for, once. */
export interface DoorAnswer {
  readonly status: number
  /** Names in any case; repeated fields as several pairs, or joined with a comma. */
  readonly headers: readonly (readonly [name: string, value: string])[]
  /** The whole body, decoded. */
  bytes(): Promise<Uint8Array>
  /** The body as it comes, decoded; whoever stops early lets go of it. */
  stream(): AsyncIterable<Uint8Array>
}

/** A door that is open. */
export interface DoorClient {
  /** Rejects where there is no response; resolves with any status. */
  call(url: string, call?: DoorCall): Promise<DoorAnswer>
  close(): Promise<void>
}

/** What a door may or may not do. */
export interface DoorCapabilities {
  /** Bodies are handed on as they come. */
  readonly streams: boolean
  /** Redirects are followed. */
  readonly followsRedirects: boolean
  /** Answers have `Cache-Status` and `Age`. */
  readonly tellsCacheStatus: boolean
  /** Several `Set-Cookie` come as several. */
  readonly keepsCookiesApart: boolean
  /** Hosts that no service claims can be called. */
  readonly reachesAnyHost: boolean
}

/** A door under test. */
export interface DoorUnderTest {
  readonly name: string
  readonly capabilities: DoorCapabilities
  /** Opens the door on an instance. */
  open(cachette: Cachette): DoorClient | Promise<DoorClient>
}
