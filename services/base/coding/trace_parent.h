// W3C Trace Context, level 1: what joins the log lines of one request over all
// processes, the caller's included.
#pragma once

#include <string_view>

namespace welfare::base {

// Returns the trace id, 32 lowercase hexadecimal digits, in a value of the
// header `traceparent`; a part of `value`. Empty for a value that is to be
// ignored: of another form, of the version ff, with a trace or a parent of
// zeros alone. Of versions to come what level 1 knows is read.
//
// Example: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01
std::string_view TraceIdIn(std::string_view value);

}  // namespace welfare::base
