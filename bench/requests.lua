-- wrk sends the requests of a file, in its order: METHOD, path and body, parted by tabs. After the last, the first again.
local requests, sent = {}, 0

function init(arguments)
  for line in io.lines(arguments[1]) do
    local method, path, body = line:match("^(%u+)\t([^\t]+)\t?(.*)$")
    local headers = body ~= "" and { ["Content-Type"] = "application/json" } or nil
    requests[#requests + 1] = wrk.format(method, path, headers, body ~= "" and body or nil)
  end
end

function request()
  sent = sent + 1
  return requests[(sent - 1) % #requests + 1]
end
