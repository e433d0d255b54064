// The scripts over one entry, each in the slot where that stands. They read the line in the clear at the beginning of a value.
import { defineScript } from './link/script.js'
import { LINE_BYTES } from './entry-value.js'

const PREAMBLE = `
local function lineOf(value)
  local number, storedAt, id = value:match('^C1 (%d+) (%S+) (%S+) ')
  return tonumber(number), storedAt, id
end
`

/**
 * Puts a value in the place of an older one. KEYS: the entry. ARGV: number, storedAtMs or '-', the time, milliseconds to live or
 * '' for ever, value. → whether it was put, the beginning of what was there.
 *
 * An answer that came later stays; one from the future is not taken for such.
 */
export const PUT = defineScript(`${PREAMBLE}
local before = redis.call('GETRANGE', KEYS[1], 0, ${LINE_BYTES - 1})
local number, storedAt = lineOf(before)
if number then
  if number > tonumber(ARGV[1]) then return {0, before} end
  local there, mine = tonumber(storedAt), tonumber(ARGV[2])
  if there and mine and there > mine and there <= tonumber(ARGV[3]) then return {0, before} end
end
if ARGV[4] == '' then redis.call('SET', KEYS[1], ARGV[5])
else redis.call('SET', KEYS[1], ARGV[5], 'PX', ARGV[4]) end
return {1, before}`)

/**
 * Puts a new line and head before the body that is there. KEYS: the entry. ARGV: number, the body's id as it stands in the line,
 * milliseconds to live or '', line and head. → whether it was put.
 */
export const CONFIRM = defineScript(`${PREAMBLE}
local value = redis.call('GET', KEYS[1])
if not value then return 0 end
local number, _, id = lineOf(value)
if not number or id ~= ARGV[2] or number > tonumber(ARGV[1]) then return 0 end
local headBytes = tonumber(value:match('^C1 %S+ %S+ %S+ %S+ (%d+) '))
local lineBytes = value:find('\\n', 1, true)
local renewed = ARGV[4] .. value:sub(lineBytes + headBytes + 1)
if ARGV[3] == '' then redis.call('SET', KEYS[1], renewed)
else redis.call('SET', KEYS[1], renewed, 'PX', ARGV[3]) end
return 1`)

/**
 * Takes an entry out. KEYS: the entry. ARGV: the number it must have, or '' for any. → whether it was there, the beginning of
 * what was.
 */
export const TAKE_OUT = defineScript(`${PREAMBLE}
local before = redis.call('GETRANGE', KEYS[1], 0, ${LINE_BYTES - 1})
if ARGV[1] ~= '' and tonumber(ARGV[1]) ~= lineOf(before) then return {0, before} end
return {redis.call('UNLINK', KEYS[1]), before}`)
