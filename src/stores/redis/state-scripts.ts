// The scripts over the shared state: numbers, changes, marks and the index. All their keys stand in one slot, so each is one
// step for every process on the store.
//
// Numbers begin at the server's time in microseconds, so that those of a new data set are above all that were given before it.
// What is logged has a number above everything logged before: a write that took its number first and ended last is logged
// under a new one, so whoever has heard a number has heard all below it.
import { LOST } from './link/reply-failure.js'
import { defineScript, defineUrgentScript } from './link/script.js'

/** How many changes are kept, about. */
export const CHANGES_KEPT = 8_192

/** KEYS[1] is the state and KEYS[2] the changes; ARGV[1] the data set and ARGV[2] the channel. */
const PREAMBLE = `
local function whole(number) return string.format('%.0f', number) end
local function nextNumber() return redis.call('HINCRBY', KEYS[1], 'sequence', 1) end
local function isLost() return redis.call('HGET', KEYS[1], 'dataset') ~= ARGV[1] end
local lost = redis.error_reply('${LOST} the data set is another one')
local function log(number, kind, payload)
  local before = redis.call('HGET', KEYS[1], 'logged')
  if number <= tonumber(before) then number = nextNumber() end
  local after = whole(number)
  redis.call('HSET', KEYS[1], 'logged', after)
  redis.call('XADD', KEYS[2], 'MAXLEN', '~', ${CHANGES_KEPT}, after .. '-0', 'b', before, 'k', kind, 'p', payload)
  redis.call('PUBLISH', ARGV[2], before .. ' ' .. after .. ' ' .. kind .. ' ' .. payload)
  return {before, after}
end
`

/** KEYS: state, changes. ARGV: the data set to begin where there is none, the number to begin above. → data set, last logged. */
export const BEGIN = defineUrgentScript(`
if redis.replicate_commands then redis.replicate_commands() end
local dataset = redis.call('HGET', KEYS[1], 'dataset')
if not dataset then
  local now = redis.call('TIME')
  local first = string.format('%.0f', math.max(now[1] * 1000000 + now[2], tonumber(ARGV[2])))
  redis.call('DEL', KEYS[2])
  redis.call('HSET', KEYS[1], 'dataset', ARGV[1], 'sequence', first, 'logged', first, 'bytes', 0)
  dataset = ARGV[1]
end
return {dataset, redis.call('HGET', KEYS[1], 'logged')}`)

/**
 * Makes another data set of one that went back. KEYS: state, changes. ARGV: the data set it was, what it becomes, the number to
 * go on above. → data set, last logged.
 */
export const RENEW = defineUrgentScript(`
if redis.replicate_commands then redis.replicate_commands() end
if redis.call('HGET', KEYS[1], 'dataset') == ARGV[1] then
  local now = redis.call('TIME')
  local before = tonumber(redis.call('HGET', KEYS[1], 'sequence'))
  local first = string.format('%.0f', math.max(now[1] * 1000000 + now[2], before, tonumber(ARGV[3])))
  redis.call('DEL', KEYS[2])
  redis.call('HSET', KEYS[1], 'dataset', ARGV[2], 'sequence', first, 'logged', first)
end
return {redis.call('HGET', KEYS[1], 'dataset'), redis.call('HGET', KEYS[1], 'logged')}`)

/** How long a write may take at most until it counts as given up, in seconds. */
const GIVEN_UP_AFTER_SECONDS = 60

/**
 * Takes a number for a record and puts it into the index. KEYS: state, changes, names, coming. ARGV: data set, channel, key, last
 * mark heard, last number heard. → number, whether the caller missed a mark, the changes after the last number it heard.
 */
export const ADMIT = defineScript(`${PREAMBLE}
if redis.replicate_commands then redis.replicate_commands() end
if isLost() then return lost end
local number = whole(nextNumber())
redis.call('ZADD', KEYS[3], 0, ARGV[3])
redis.call('HSET', KEYS[4], ARGV[3], redis.call('TIME')[1])
if tonumber(redis.call('HGET', KEYS[1], 'lastMark') or '0') <= tonumber(ARGV[4]) then return {number, 0} end
return {number, 1, redis.call('XRANGE', KEYS[2], '(' .. ARGV[5] .. '-0', '+')}`)

/**
 * Enters what was written. KEYS: state, changes, names, coming, expiry, sizes. ARGV: data set, channel, key, number, score, bytes.
 * → before, number logged.
 */
export const COMMIT = defineUrgentScript(`${PREAMBLE}
if isLost() then return lost end
local bytes, number = (redis.call('HGET', KEYS[6], ARGV[3]) or '0 0'):match('^(%d+) (%d+)$')
if tonumber(number) < tonumber(ARGV[4]) then
  redis.call('ZADD', KEYS[3], 0, ARGV[3])
  redis.call('ZADD', KEYS[5], ARGV[5], ARGV[3])
  redis.call('HSET', KEYS[6], ARGV[3], ARGV[6] .. ' ' .. ARGV[4])
  redis.call('HDEL', KEYS[4], ARGV[3])
  redis.call('HINCRBY', KEYS[1], 'bytes', whole(tonumber(ARGV[6]) - tonumber(bytes)))
end
return log(tonumber(ARGV[4]), 'k', ARGV[3])`)

/**
 * Takes keys out of the index, unless they were written under a higher number than is given, or somebody is about to write them.
 * KEYS: as for COMMIT. ARGV: data set, channel, 1 to log each as a change and 0 where nothing is told, then keys and numbers in
 * turn. → a pair for each key that was logged.
 */
export const FORGET = defineUrgentScript(`${PREAMBLE}
if redis.replicate_commands then redis.replicate_commands() end
if isLost() then return lost end
local now = tonumber(redis.call('TIME')[1])
local logged = {}
for index = 4, #ARGV, 2 do
  local key = ARGV[index]
  local bytes, number = (redis.call('HGET', KEYS[6], key) or '0 0'):match('^(%d+) (%d+)$')
  if tonumber(number) <= tonumber(ARGV[index + 1]) then
    if tonumber(number) > 0 then
      redis.call('ZREM', KEYS[5], key)
      redis.call('HDEL', KEYS[6], key)
      redis.call('HINCRBY', KEYS[1], 'bytes', '-' .. bytes)
    end
    local since = redis.call('HGET', KEYS[4], key)
    if not since or now - tonumber(since) > ${GIVEN_UP_AFTER_SECONDS} then
      redis.call('ZREM', KEYS[3], key)
      redis.call('HDEL', KEYS[4], key)
    end
  end
  if ARGV[3] == '1' then logged[#logged + 1] = log(nextNumber(), 'k', key) end
end
return logged`)

/**
 * Draws a mark. KEYS: state, changes, marks. ARGV: data set, channel, id, sealed, ids that it makes needless.
 * → before, number.
 */
export const MARK = defineUrgentScript(`${PREAMBLE}
if isLost() then return lost end
local number = nextNumber()
for index = 5, #ARGV do redis.call('HDEL', KEYS[3], ARGV[index]) end
redis.call('HSET', KEYS[3], ARGV[3], whole(number) .. ' ' .. ARGV[4])
redis.call('HSET', KEYS[1], 'lastMark', whole(number))
return log(number, 'm', ARGV[3] .. ' ' .. ARGV[4])`)

/** Forgets marks that were not drawn anew, and notes the highest number of them. KEYS: state, changes, marks. ARGV: data set, channel, then id and number in turn. */
export const FORGET_MARKS = defineUrgentScript(`${PREAMBLE}
if isLost() then return lost end
for index = 3, #ARGV, 2 do
  local row = redis.call('HGET', KEYS[3], ARGV[index])
  if row and row:match('^(%d+) ') == ARGV[index + 1] then
    redis.call('HDEL', KEYS[3], ARGV[index])
    local forgotten = tonumber(redis.call('HGET', KEYS[1], 'forgottenMark') or '0')
    if forgotten < tonumber(ARGV[index + 1]) then redis.call('HSET', KEYS[1], 'forgottenMark', ARGV[index + 1]) end
  end
end
return 0`)
