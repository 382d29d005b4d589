-- wrk: each request with the next token of the file that WELFARE_TOKENS names.
local headers, at = {}, 0

function init()
  for line in io.lines(os.getenv("WELFARE_TOKENS")) do
    headers[#headers + 1] = {authorization = "Bearer " .. line}
  end
end

function request()
  at = at % #headers + 1
  return wrk.format(nil, nil, headers[at])
end
