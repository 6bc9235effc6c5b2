/** Milliseconds by Redis' own clock. */
const NOW = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
`;

/** Whether others than `who` mark the lane as down, and whether `who` does. */
const DOWN = `
local function down(key, who)
  redis.call('ZREMRANGEBYSCORE', key, '-inf', now)
  local own = redis.call('ZSCORE', key, who) and 1 or 0
  return redis.call('ZCARD', key) - own, own
end
`;

/**
 * Takes a slot and room in every window: 0; or how long to wait, -1 when no slot is free, -2 when the lane is down.
 * KEYS: quiet, down, leases, unreached, then a log and its amounts for each window. ARGV: id, asker, leaseMs,
 * concurrency, then perMs, limit, amount, arrivesWithinMs for each window. A window is a log of what arrives when at
 * the latest, so that no period of its length ever holds more than its limit.
 */
export const TAKE: string = `${NOW}${DOWN}
local quiet = tonumber(redis.call('GET', KEYS[1]) or '0')
if quiet > now then return quiet - now end

local most = tonumber(ARGV[4])
local others, own = down(KEYS[2], ARGV[2])
if own == 1 then most = 1 elseif others > 0 then return -2 end
redis.call('ZREMRANGEBYSCORE', KEYS[3], '-inf', now)
if redis.call('ZCARD', KEYS[3]) >= most then return -1 end

local windows = (#KEYS - 4) / 2
local wait = 0
for i = 1, windows do
  local log, amounts = KEYS[3 + i * 2], KEYS[4 + i * 2]
  local per, limit, amount = tonumber(ARGV[1 + i * 4]), tonumber(ARGV[2 + i * 4]), tonumber(ARGV[3 + i * 4])
  for _, id in ipairs(redis.call('ZRANGEBYSCORE', log, '-inf', now - per)) do
    redis.call('HINCRBYFLOAT', amounts, 'sum', -(tonumber(redis.call('HGET', amounts, id)) or 0))
    redis.call('HDEL', amounts, id)
  end
  redis.call('ZREMRANGEBYSCORE', log, '-inf', now - per)
  -- Sums of fractions drift; an empty window is where they end.
  if redis.call('ZCARD', log) == 0 then redis.call('DEL', amounts) end
  local excess = (tonumber(redis.call('HGET', amounts, 'sum')) or 0) + amount - limit
  local from = 0
  while excess > 0 do
    local entry = redis.call('ZRANGE', log, from, from, 'WITHSCORES')
    if #entry == 0 then break end
    excess = excess - (tonumber(redis.call('HGET', amounts, entry[1])) or 0)
    wait = math.max(wait, tonumber(entry[2]) + per - now + 1)
    from = from + 1
  end
end
if wait > 0 then return math.ceil(wait) end

for i = 1, windows do
  local log, amounts = KEYS[3 + i * 2], KEYS[4 + i * 2]
  local per, amount = tonumber(ARGV[1 + i * 4]), ARGV[3 + i * 4]
  redis.call('ZADD', log, now + ARGV[4 + i * 4], ARGV[1])
  redis.call('HSET', amounts, ARGV[1], amount)
  redis.call('HINCRBYFLOAT', amounts, 'sum', amount)
  redis.call('PEXPIRE', log, per * 2 + 1000)
  redis.call('PEXPIRE', amounts, per * 2 + 1000)
end
redis.call('ZADD', KEYS[3], now + ARGV[3], ARGV[1])
redis.call('PEXPIRE', KEYS[3], ARGV[3] * 2)
return 0
`;

/**
 * Gives a slot back, and corrects what the call took of each window. Returns how many calls in a row did not reach the
 * API, and how many other processes say that it is down. KEYS as above; ARGV: id, asker, outcome, then an amount for each
 * window, or none.
 */
export const RELEASE: string = `${NOW}${DOWN}
redis.call('ZREM', KEYS[3], ARGV[1])
for i = 1, (#KEYS - 4) / 2 do
  local log = KEYS[3 + i * 2]
  local arrives = tonumber(redis.call('ZSCORE', log, ARGV[1]) or '0')
  if arrives > now then redis.call('ZADD', log, 'XX', now, ARGV[1]) end
end
for i = 1, #ARGV - 3 do
  local amounts = KEYS[4 + i * 2]
  local before = redis.call('HGET', amounts, ARGV[1])
  if before then
    redis.call('HSET', amounts, ARGV[1], ARGV[3 + i])
    redis.call('HINCRBYFLOAT', amounts, 'sum', ARGV[3 + i] - before)
  end
end
if ARGV[3] == 'answered' then redis.call('DEL', KEYS[4]) end
if ARGV[3] == 'unreached' then
  redis.call('INCR', KEYS[4])
  redis.call('PEXPIRE', KEYS[4], 600000)
end
local others = down(KEYS[2], ARGV[2])
return { tonumber(redis.call('GET', KEYS[4]) or '0'), others }
`;

/** KEYS: leases. ARGV: leaseMs, then the ids of those that are kept. */
export const RENEW: string = `${NOW}
for i = 2, #ARGV do redis.call('ZADD', KEYS[1], 'XX', now + ARGV[1], ARGV[i]) end
redis.call('PEXPIRE', KEYS[1], ARGV[1] * 2)
return 0
`;

/** KEYS: quiet. ARGV: for how long. */
export const PAUSE: string = `${NOW}
local before = tonumber(redis.call('GET', KEYS[1]) or '0')
if now + ARGV[1] > before then redis.call('SET', KEYS[1], now + ARGV[1], 'PX', ARGV[1]) end
return 0
`;

/** KEYS: down. ARGV: asker, leaseMs, and XX when a mark that is gone stays gone. */
export const MARK_DOWN: string = `${NOW}
if ARGV[3] == 'XX' then redis.call('ZADD', KEYS[1], 'XX', now + ARGV[2], ARGV[1])
else redis.call('ZADD', KEYS[1], now + ARGV[2], ARGV[1]) end
redis.call('PEXPIRE', KEYS[1], ARGV[2] * 2)
return 0
`;

/** KEYS: a value's. ARGV: the value before and after, each behind a `=` or empty for none, and how long it is kept. */
export const SWAP: string = `
local found = redis.call('GET', KEYS[1])
if (found and '=' .. found or '') ~= ARGV[1] then return found end
if ARGV[2] == '' then
  redis.call('DEL', KEYS[1])
  return false
end
local after = string.sub(ARGV[2], 2)
redis.call('SET', KEYS[1], after, 'PX', ARGV[3])
return after
`;
