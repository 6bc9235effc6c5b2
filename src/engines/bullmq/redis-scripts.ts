/**
 * Takes a slot and room in every window, or says how long to wait; -1 when no slot is free.
 * KEYS: quiet, down, leases, then a log and its amounts for each window.
 * ARGV: id, leaseMs, concurrency, then perMs, limit, amount for each window.
 * A window is a log of what was taken when, so that no stretch of its length ever holds more than its limit.
 */
export const TAKE = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local quiet = tonumber(redis.call('GET', KEYS[1]) or '0')
if quiet > now then return quiet - now end

redis.call('ZREMRANGEBYSCORE', KEYS[3], '-inf', now)
local most = tonumber(ARGV[3])
if redis.call('EXISTS', KEYS[2]) == 1 then most = 1 end
if redis.call('ZCARD', KEYS[3]) >= most then return -1 end

local windows = (#KEYS - 3) / 2
local wait = 0
for i = 1, windows do
  local log, amounts = KEYS[2 + i * 2], KEYS[3 + i * 2]
  local per, limit, amount = tonumber(ARGV[1 + i * 3]), tonumber(ARGV[2 + i * 3]), tonumber(ARGV[3 + i * 3])
  for _, id in ipairs(redis.call('ZRANGEBYSCORE', log, '-inf', now - per)) do
    redis.call('HINCRBYFLOAT', amounts, 'sum', -(tonumber(redis.call('HGET', amounts, id)) or 0))
    redis.call('HDEL', amounts, id)
  end
  redis.call('ZREMRANGEBYSCORE', log, '-inf', now - per)
  local excess = (tonumber(redis.call('HGET', amounts, 'sum')) or 0) + amount - limit
  if excess > 0 then
    local from = 0
    while excess > 0 do
      local entry = redis.call('ZRANGE', log, from, from, 'WITHSCORES')
      if #entry == 0 then break end
      excess = excess - (tonumber(redis.call('HGET', amounts, entry[1])) or 0)
      wait = math.max(wait, tonumber(entry[2]) + per - now + 1)
      from = from + 1
    end
  end
end
if wait > 0 then return math.ceil(wait) end

for i = 1, windows do
  local log, amounts = KEYS[2 + i * 2], KEYS[3 + i * 2]
  local per, amount = tonumber(ARGV[1 + i * 3]), ARGV[3 + i * 3]
  redis.call('ZADD', log, now, ARGV[1])
  redis.call('HSET', amounts, ARGV[1], amount)
  redis.call('HINCRBYFLOAT', amounts, 'sum', amount)
  redis.call('PEXPIRE', log, per * 2 + 1000)
  redis.call('PEXPIRE', amounts, per * 2 + 1000)
end
redis.call('ZADD', KEYS[3], now + ARGV[2], ARGV[1])
redis.call('PEXPIRE', KEYS[3], ARGV[2] * 2)
return 0
`;

/** Gives a slot back, and corrects what the call took of each window. KEYS as above; ARGV: id, then an amount for each window, or none. */
export const RELEASE = `
redis.call('ZREM', KEYS[3], ARGV[1])
for i = 1, #ARGV - 1 do
  local amounts = KEYS[3 + i * 2]
  local before = redis.call('HGET', amounts, ARGV[1])
  if before then
    redis.call('HSET', amounts, ARGV[1], ARGV[1 + i])
    redis.call('HINCRBYFLOAT', amounts, 'sum', ARGV[1 + i] - before)
  end
end
return 0
`;
