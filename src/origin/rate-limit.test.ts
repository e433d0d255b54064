// What else there is to waiting for a turn is in steps.test.ts, with the other steps.
import { describe, expect, it } from 'vitest'
import { callWith } from '../../test/fuzz/origin-call.js'
import { errorOf } from '../../test/helpers/gate.js'
import { limitWorld, scriptedStep } from '../../test/helpers/origin-step.js'
import { policyWith } from '../../test/helpers/policy.js'
import { ruleOf } from '../../test/helpers/shared-limits.js'
import { createLimits } from './limits/create-limits.js'
import { withRateLimit } from './rate-limit.js'

describe('the rate limit step where nothing ends a call', () => {
  it('waits for a turn within a minute, and refuses at once what would come later', async () => {
    const { parts, clock, emit } = limitWorld()
    const { step, calls } = scriptedStep({ status: 200 })
    const refuse = (): undefined => undefined
    const { turns } = createLimits(parts)
    const send = withRateLimit({ clock, emit, turns, refuse }, step)
    const policy = policyWith({ rateLimits: [ruleOf(1, 40_000)], timeoutMs: Number.POSITIVE_INFINITY })
    await send(callWith({ policy }))
    const waiting = send(callWith({ policy }))
    const error = await errorOf(send(callWith({ policy })))
    expect(error).toMatchObject({ code: 'CACHETTE_QUOTA', retryAtMs: clock.nowMs() + 80_000 })
    expect(error.message).not.toContain('deadline')
    clock.advance(40_000)
    await waiting
    expect(calls).toHaveLength(2)
  })
})
