// The hook in node:http and node:https: which requests are caught, and what becomes of each.
import type { Instance, OpenInstance, Target } from '../instance.js'
import { type AgentCall, hookAgents } from './agent-hook.js'
import { hold } from './held-request.js'
import { targetOf } from './request-target.js'

/** Puts the hook in; the returned function takes it out. */
export function hookHttp(instance: Instance): () => void {
  return hookAgents((call) => {
    const target = targetOf(call.request, call.options, call.agent)
    if (target === undefined || !instance.mayCache(target)) return false
    holdCall(call, target, instance)
    return true
  })
}

function holdCall(call: AgentCall, target: Target, instance: Instance): void {
  const { request, options, agent, pass } = call
  const held = hold(request, { pass, decide })

  function decide(): void {
    const ready = instance.ready()
    if (ready instanceof Promise) void ready.then(goOn)
    else goOn(ready)
  }

  function goOn(open: OpenInstance | undefined): void {
    // Given up by its program meanwhile.
    if (!held.isWaiting()) return
    held.release()
    if (open === undefined || !isAnswered(open)) pass()
  }

  function isAnswered(open: OpenInstance): boolean {
    const service = instance.serviceFor(open, target)
    if (service === undefined) return false
    try {
      return open.answerCall({ request, options, agent, service, target }, open.cachette)
    } catch {
      // The instance does not take it, closed as it is by now: the program goes on without a cache.
      return false
    }
  }
}
