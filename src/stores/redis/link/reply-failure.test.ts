import { ErrorReply } from '@redis/client'
import { describe, expect, it } from 'vitest'
import { failureKind, type FailureKind } from './reply-failure.js'

const CASES: readonly (readonly [string, FailureKind])[] = [
  ['LOADING Redis is loading the dataset in memory', 'away'],
  ['CLUSTERDOWN The cluster is down', 'away'],
  ['MASTERDOWN Link with MASTER is down', 'away'],
  ['BUSY Redis is busy running a script.', 'away'],
  ['MOVED 3999 127.0.0.1:6381', 'moved'],
  ["READONLY You can't write against a read only replica.", 'read-only'],
  ["READONLY You can't write against a read only replica. script: ab12, on @user_script:3.", 'read-only'],
  ['MISCONF Redis is configured to save RDB snapshots, but it is currently unable to persist', 'read-only'],
  ['NOREPLICAS Not enough good replicas to write.', 'read-only'],
  ["OOM command not allowed when used memory > 'maxmemory'.", 'full'],
  [
    "ERR Error running script (call to f_ab12): @user_script:3: -OOM command not allowed when used memory > 'maxmemory'.",
    'full',
  ],
  ['NOPERM this user has no permissions to access one of the keys', 'denied'],
  ['WRONGPASS invalid username-password pair or user is disabled.', 'denied'],
  ['NOAUTH HELLO must be called with the client already authenticated', 'denied'],
  ['CACHETTELOST the data set is another one', 'lost'],
  ['ERR wrong number of arguments', 'other'],
  ['WRONGTYPE Operation against a key holding the wrong kind of value', 'other'],
]

describe('what a failed command means', () => {
  for (const [message, kind] of CASES) {
    it(`${message.slice(0, 60)} is ${kind}`, () => {
      expect(failureKind(new ErrorReply(message))).toBe(kind)
    })
  }

  it('whatever the server did not say itself is the connection', () => {
    expect(failureKind(new Error('Socket closed unexpectedly'))).toBe('away')
    expect(failureKind(new Error('connect ECONNREFUSED 127.0.0.1:1'))).toBe('away')
  })
})
