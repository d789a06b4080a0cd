-- The requests of one run, the same for every server: wrk ... -- <operation> <file of targets> <first target> <run>
-- A line of the file is: path, token, version or project, separated by tabs.

local operation, run
local targets, versions = {}, {}
local place, count = 0, 0

local function head(method, path, token, rest)
  return method .. " " .. path .. " HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " .. token
    .. "\r\nAccept: application/json\r\n" .. rest
end

local function prepared(path, token, extra)
  if operation == "create" then
    -- The number in the title has a fixed width, so the length is known beforehand.
    local body = '{"project_id":"' .. extra .. '","title":"Bench run ' .. run .. " number "
    local rest = "Content-Type: application/json\r\nContent-Length: " .. (#body + 11) .. "\r\n\r\n"
    return head("POST", path, token, rest) .. body
  elseif operation == "patch" then
    return head("PATCH", path, token, "Content-Type: application/merge-patch+json\r\nIf-Match: \"")
  end
  return head("GET", path, token, "\r\n")
end

function init(args)
  operation, run = args[1], args[4]
  for line in io.lines(args[2]) do
    local path, token, extra = line:match("^([^\t]*)\t([^\t]*)\t([^\t]*)$")
    targets[#targets + 1] = prepared(path, token, extra)
    versions[#versions + 1] = tonumber(extra)
  end
  -- wrk asks for one request that it never sends.
  place = tonumber(args[3]) - 1
end

local function patch()
  local body = string.format('{"title":"Bench run %s number %09d"}', run, count)
  local version = versions[place]
  if count > 1 then versions[place] = version + 1 end
  return targets[place] .. version .. '"\r\nContent-Length: ' .. #body .. "\r\n\r\n" .. body
end

function request()
  count = count + 1
  place = place % #targets + 1
  if operation == "patch" then return patch() end
  if operation == "create" then return targets[place] .. string.format('%09d"}', count) end
  return targets[place]
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    'RESULT {"requests":%d,"seconds":%.6f,"p50":%.1f,"p99":%.1f,"errors":%d}\n',
    summary.requests, summary.duration / 1e6, latency:percentile(50), latency:percentile(99),
    errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end
