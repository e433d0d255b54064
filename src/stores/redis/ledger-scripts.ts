// The scripts over the ledger: totals in one hash, and a hash per minute. Each is one step for every process.
import { defineUrgentScript } from './link/script.js'

const BEGIN = `
if redis.call('HSETNX', KEYS[1], 'epoch', 1) == 1 then redis.call('HSET', KEYS[1], 'sinceMs', ARGV[1]) end
`

/** KEYS: totals. ARGV: the time. → epoch, since when. */
export const LEDGER_EPOCH = defineUrgentScript(`${BEGIN}
return redis.call('HMGET', KEYS[1], 'epoch', 'sinceMs')`)

/**
 * Adds a delta of this epoch. KEYS: totals, minutes, the minute. ARGV: the time, epoch, minute or '' where it is too old to be
 * kept, the oldest minute kept, what the names of minutes begin with, milliseconds a minute lives, then names and counts in
 * turn. → whether it was added.
 */
export const LEDGER_ADD = defineUrgentScript(`${BEGIN}
if redis.call('HGET', KEYS[1], 'epoch') ~= ARGV[2] then return 0 end
for index = 7, #ARGV, 2 do
  redis.call('HINCRBYFLOAT', KEYS[1], ARGV[index], ARGV[index + 1])
  if ARGV[3] ~= '' then redis.call('HINCRBYFLOAT', KEYS[3], ARGV[index], ARGV[index + 1]) end
end
if ARGV[3] ~= '' then
  redis.call('ZADD', KEYS[2], ARGV[3], ARGV[3])
  redis.call('PEXPIRE', KEYS[3], ARGV[6])
end
for _, minute in ipairs(redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', '(' .. ARGV[4], 'LIMIT', 0, 64)) do
  redis.call('UNLINK', ARGV[5] .. minute)
  redis.call('ZREM', KEYS[2], minute)
end
return 1`)

/** Begins a new epoch. KEYS: totals, minutes. ARGV: the time, what the names of minutes begin with. */
export const LEDGER_RESET = defineUrgentScript(`${BEGIN}
local epoch = redis.call('HINCRBY', KEYS[1], 'epoch', 1)
redis.call('DEL', KEYS[1])
redis.call('HSET', KEYS[1], 'epoch', epoch, 'sinceMs', ARGV[1])
for _, minute in ipairs(redis.call('ZRANGE', KEYS[2], 0, -1)) do redis.call('UNLINK', ARGV[2] .. minute) end
redis.call('DEL', KEYS[2])
return epoch`)
