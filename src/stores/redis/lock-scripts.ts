// The scripts by which a store is put under a key. Each gives the data set another name, so that whatever a process asks that
// does not know of the key yet is refused as lost, and tells all at once on the channel of changes.
import { defineScript, defineUrgentScript } from './link/script.js'

const RENAME = `
if redis.replicate_commands then redis.replicate_commands() end
local function rename(dataset)
  local before = redis.call('HGET', KEYS[1], 'sequence')
  if not before then return false end
  local now = redis.call('TIME')
  local first = string.format('%.0f', math.max(now[1] * 1000000 + now[2], tonumber(before) + 1))
  redis.call('DEL', KEYS[2])
  redis.call('HSET', KEYS[1], 'dataset', dataset, 'sequence', first, 'logged', first)
  return true
end
`

/**
 * Puts a store under its first key, and takes out what all processes share where it was not encrypted so far. KEYS: state,
 * changes, marks, secret, ledger, minutes and services of the ledger, names of cells. ARGV: check, data set, channel, message, what
 * the keys of cells begin with, what those of minutes begin with. → 0 where there is a check already, 1 where nothing was there,
 * 2 where a store was.
 */
export const TURN_ON = defineUrgentScript(`${RENAME}
if redis.call('HGET', KEYS[1], 'check') then return 0 end
for _, name in ipairs(redis.call('ZRANGE', KEYS[8], 0, -1)) do redis.call('UNLINK', ARGV[5] .. name) end
for _, minute in ipairs(redis.call('ZRANGE', KEYS[6], 0, -1)) do redis.call('UNLINK', ARGV[6] .. minute) end
for index = 3, 8 do redis.call('DEL', KEYS[index]) end
local wasThere = rename(ARGV[2])
redis.call('HDEL', KEYS[1], 'lastMark')
redis.call('HSET', KEYS[1], 'check', ARGV[1])
redis.call('PUBLISH', ARGV[3], ARGV[4])
return wasThere and 2 or 1`)

/**
 * Takes a new key into use. KEYS: state, changes, secret. ARGV: check before, check, secret before or '', secret, data set, channel,
 * message. → whether it was done; not where another process changed either meanwhile.
 */
export const ROTATE = defineUrgentScript(`${RENAME}
if redis.call('HGET', KEYS[1], 'check') ~= ARGV[1] then return 0 end
if (redis.call('GET', KEYS[3]) or '') ~= ARGV[3] then return 0 end
if ARGV[4] ~= '' then redis.call('SET', KEYS[3], ARGV[4]) end
rename(ARGV[5])
redis.call('HSET', KEYS[1], 'check', ARGV[2])
redis.call('PUBLISH', ARGV[6], ARGV[7])
return 1`)

/** Puts a value in the place of the one that is known, and leaves it its time. KEYS: the value. ARGV: before, after. */
export const EXCHANGE = defineScript(`
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'KEEPTTL')
return 1`)

/** The same for fields of a hash. KEYS: the hash. ARGV: field, before and after, in turn. */
export const EXCHANGE_FIELDS = defineScript(`
for index = 1, #ARGV, 3 do
  if redis.call('HGET', KEYS[1], ARGV[index]) == ARGV[index + 1] then
    redis.call('HSET', KEYS[1], ARGV[index], ARGV[index + 2])
  end
end
return 0`)
