-- The requests of one run, the same for every server: wrk ... -- <operation> <file of targets> <first target> <run>
-- A line of the file is: path, token, and what the operation needs beside them (project, version, place, tasks), separated by tabs.

local operation, run
local targets, extras = {}, {}
local place, count = 0, 0

local JSON = "Content-Type: application/json\r\n"

local function head(method, path, token, rest)
  return method .. " " .. path .. " HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " .. token
    .. "\r\nAccept: application/json\r\n" .. rest
end

local function post(path, token, length)
  return head("POST", path, token, JSON .. "Content-Length: " .. length .. "\r\n\r\n")
end

-- Bodies end with the number of their request, in a fixed width: their length is known beforehand.
local function numbered(path, token, body)
  return post(path, token, #body + 11) .. body
end

local prepare = {
  create = function(path, token, project)
    return numbered(path, token, '{"project_id":"' .. project .. '","title":"Bench run ' .. run .. " number ")
  end,
  comment = function(path, token)
    return numbered(path, token, '{"body":"Seen in bench run ' .. run .. " as number ")
  end,
  patch = function(path, token)
    return head("PATCH", path, token, "Content-Type: application/merge-patch+json\r\nIf-Match: \"")
  end,
  unchanged = function(path, token, tag)
    return head("GET", path, token, "If-None-Match: " .. tag .. "\r\n\r\n")
  end,
  -- Titles end with the number of their request, in a fixed width.
  bulk_create = function(path, token, project)
    local items = {}
    for item = 1, 100 do
      items[item] = '{"project_id":"' .. project .. '","title":"Bench run ' .. run .. " item " .. item .. ' number NNNNNNNNN"}'
    end
    local body = '{"items":[' .. table.concat(items, ",") .. "]}"
    return post(path, token, #body) .. body
  end,
  move = function(path, token, body)
    return post(path, token, #body) .. body
  end,
  bulk_update = function(path, token, ids)
    local items = ids:gsub("[^,]+", '{"id":"%0","patch":{"due":{"date":"DDDD-DD-DD"}}}')
    local body = '{"items":[' .. items .. "]}"
    return post(path, token, #body) .. body
  end,
}

local function ended(target) return target .. string.format('%09d"}', count) end

local finish = {
  create = ended,
  comment = ended,
  patch = function(target)
    local body = string.format('{"title":"Bench run %s number %09d"}', run, count)
    local version = extras[place]
    if count > 1 then extras[place] = version + 1 end
    return target .. version .. '"\r\nContent-Length: ' .. #body .. "\r\n\r\n" .. body
  end,
  bulk_create = function(target) return (target:gsub("NNNNNNNNN", string.format("%09d", count))) end,
  -- A year for each run, a day for each request: no batch gets the one that it has.
  bulk_update = function(target)
    local day = string.format("%04d-%02d-%02d", 2030 + run, math.floor(count / 28) % 12 + 1, count % 28 + 1)
    return (target:gsub("DDDD%-DD%-DD", day))
  end,
}

function init(args)
  operation, run = args[1], args[4]
  local prepared = prepare[operation] or function(path, token) return head("GET", path, token, "\r\n") end
  for line in io.lines(args[2]) do
    local path, token, extra = line:match("^([^\t]*)\t([^\t]*)\t([^\t]*)$")
    targets[#targets + 1] = prepared(path, token, extra)
    extras[#extras + 1] = extra
  end
  -- wrk asks for one request that it never sends.
  place = tonumber(args[3]) - 1
end

function request()
  count = count + 1
  place = place % #targets + 1
  local make = finish[operation]
  return make and make(targets[place]) or targets[place]
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    'RESULT {"requests":%d,"seconds":%.6f,"p50":%.1f,"p99":%.1f,"errors":%d}\n',
    summary.requests, summary.duration / 1e6, latency:percentile(50), latency:percentile(99),
    errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end
