// The steps between a miss and the network, in order. The deadline comes first, since it bounds everything, tokens
// included; authorisation comes last, so that only the network sees credentials.
import type { Clock } from '../shared/clock.js'
import { withAuthorization } from './authorize.js'
import { createTokenSource } from './client-credentials.js'
import { withDeadline } from './deadline.js'
import type { OriginPipeline } from './origin-call.js'
import { receive } from './receive.js'

/** Makes the pipeline: deadline → authorize → receive. `closing` ends what is under way. */
export function createOriginPipeline(clock: Clock, closing?: AbortSignal): OriginPipeline {
  const tokens = createTokenSource(clock, withDeadline(clock, receive, closing))
  return { send: withDeadline(clock, withAuthorization(tokens, receive), closing), tell: () => undefined }
}
