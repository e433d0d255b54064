// One call as the steps of the pipeline get it.
import type { Attempts, OriginCall } from '../../src/origin/origin-call.js'
import { classifyStatus } from '../../src/decide/decide-after-response.js'
import { policyWith } from '../helpers/policy.js'

/** A call with whatever a test changes; nothing answers it. */
export function callWith(changes: Partial<OriginCall> = {}): OriginCall {
  return {
    service: 'my_service',
    identity: undefined,
    policy: policyWith({}),
    isClaimed: true,
    classify: ({ status }) => classifyStatus(status),
    method: 'GET',
    url: 'https://api.example.com/data?api_key=s3cret',
    redactedUrl: 'https://api.example.com/data?api_key=REDACTED',
    headers: [],
    body: undefined,
    transport: () => Promise.reject(new Error('nobody answers')),
    authorization: { kind: 'none' },
    signal: new AbortController().signal,
    attempts: countedAttempts(),
    takes: 'whole',
    keepsCoding: false,
    ...changes,
  }
}

function countedAttempts(): Attempts {
  let count = 0
  return {
    get count() {
      return count
    },
    add: () => void (count += 1),
  }
}

/** Reads a body to its end. */
export async function bytesOf(body: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const pieces: Uint8Array[] = []
  for await (const piece of body) pieces.push(piece)
  return Buffer.concat(pieces)
}
