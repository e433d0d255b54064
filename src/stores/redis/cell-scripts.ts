// The scripts over cells. They stand in the slot of the shared state, and the server's clock is everybody's.
import { defineScript, defineUrgentScript } from './link/script.js'

const NOW = `
if redis.replicate_commands then redis.replicate_commands() end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
`

/** KEYS: the cell. → the time, the value or nothing. */
export const READ_CELL = defineScript(`${NOW}
return {now, redis.call('GET', KEYS[1])}`)

/**
 * Changes a cell that nobody changed meanwhile. KEYS: the cell, the names. ARGV: name, channel, who changes it, the stamp that
 * stands before the value now or '', the new value or '' for none, until when it counts, 1 where the name is listed.
 * → whether it was changed, the time, what stands there instead.
 */
export const CHANGE_CELL = defineUrgentScript(`${NOW}
local current = redis.call('GET', KEYS[1])
local stamp = current and current:sub(1, 16) or ''
if stamp ~= ARGV[4] then return {0, now, current} end
local left = tonumber(ARGV[6]) - now
if ARGV[5] ~= '' and left >= 1 then
  redis.call('SET', KEYS[1], ARGV[5], 'PX', string.format('%.0f', math.ceil(left)))
  if ARGV[7] == '1' then redis.call('ZADD', KEYS[2], 0, ARGV[1]) end
elseif current then
  redis.call('DEL', KEYS[1])
  redis.call('ZREM', KEYS[2], ARGV[1])
end
redis.call('PUBLISH', ARGV[2], ARGV[3])
return {1, now}`)

/**
 * A page of cells by name; names of those past their time are forgotten. KEYS: the names. ARGV: where to begin, what the names
 * begin with, how many, what the keys of cells begin with. → how many were looked at, names and values in turn.
 */
export const LIST_CELLS = defineScript(`
local found = {}
local names = redis.call('ZRANGEBYLEX', KEYS[1], ARGV[1], '[' .. ARGV[2] .. '\\255', 'LIMIT', 0, ARGV[3])
for _, name in ipairs(names) do
  local value = redis.call('GET', ARGV[4] .. name)
  if value then
    found[#found + 1] = name
    found[#found + 1] = value
  else redis.call('ZREM', KEYS[1], name) end
end
return {#names, found}`)
