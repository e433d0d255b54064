// Where the hook takes hold of node:http and node:https: every request that has an agent is handed to it by this one
// method, whether the program used request, get or ClientRequest, and however it imported them.
import type { Agent, ClientRequest } from 'node:http'
import { builtIn } from '../../../shared/built-in.js'
import type { AgentSettings, RequestOptions } from './request-target.js'

/** Marks the options of the hook's own requests, which it lets pass. */
export const PASSES: unique symbol = Symbol('cachette.passes')

/** A request on its way to its agent. */
export interface AgentCall {
  readonly request: ClientRequest
  readonly options: RequestOptions
  readonly agent: AgentSettings
  /** Hands the request to its agent, as if nobody had looked at it. */
  pass(): void
}

/** Looks at a request; true where it sees to the request from here on. */
export type Catch = (call: AgentCall) => boolean

type AddRequest = (this: Agent, request: ClientRequest, options: unknown, ...legacy: unknown[]) => void

/** Puts the hook in; the returned function takes it out. */
export function hookAgents(caught: Catch): () => void {
  const prototype = builtIn('http').Agent.prototype as unknown as { addRequest: AddRequest }
  const original = prototype.addRequest
  if (typeof original !== 'function') {
    throw new TypeError(`cachette/register: node ${process.version} has no Agent.prototype.addRequest`)
  }

  function addRequest(this: Agent, request: ClientRequest, options: unknown, ...legacy: unknown[]): void {
    const pass = (given: unknown): void => Reflect.apply(original, this, [request, given, ...legacy])
    if (!mayBeCaught(request, options)) return pass(options)
    const call: AgentCall = {
      request,
      options,
      agent: this as unknown as AgentSettings,
      // Some agents look among their callers for node:https, which is no longer there by then.
      pass: () => pass({ ...options, protocol: request.protocol }),
    }
    if (!caught(call)) pass(options)
  }

  prototype.addRequest = addRequest
  return () => {
    if (prototype.addRequest === addRequest) prototype.addRequest = original
  }
}

function mayBeCaught({ method }: ClientRequest, options: unknown): options is RequestOptions {
  if (method !== 'GET' && method !== 'HEAD') return false
  return typeof options === 'object' && options !== null && !(PASSES in options)
}
