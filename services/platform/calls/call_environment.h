// What the methods of one service share.
#pragma once

#include <chrono>
#include <string>

#include "services/platform/observe/metrics.h"
#include "services/platform/rpc/call_context.h"
#include "services/platform/work/version_feed.h"
#include "services/platform/work/worker_pool.h"

namespace welfare::platform {

class AuditWriter;  // audit/audit_writer.h
class OpenStreams;  // open_streams.h

// Made by RpcModule; outlives the server. Any thread may read it.
struct CallEnvironment {
  // Domain of errors: "survey.welfare".
  std::string domain;
  // Where calls are counted.
  MetricsRegistry* metrics = nullptr;
  // Where Unary handlers run.
  WorkerPool* pool = nullptr;
  // Where BulkUnary and BidiStream handlers run: a few threads, so that files
  // by the dozen, each of which takes seconds, leave `pool` to everybody else.
  WorkerPool* bulk_pool = nullptr;
  // Where the steps of server streams run.
  WorkerPool* stream_pool = nullptr;
  // The server streams that are open.
  OpenStreams* streams = nullptr;
  // Where whoever waits for a version is parked: no thread of any pool.
  VersionFeed* feed = nullptr;
  // Where reads and refusals are written down; null in a service without a
  // store, which shows nothing personal.
  AuditWriter* audit = nullptr;
  IdentityHook identify;  // empty: everybody is the local operator
  // For callers that set no deadline.
  std::chrono::milliseconds default_timeout{30000};
  // A read waits no longer for its version, whatever its caller allows.
  std::chrono::milliseconds longest_wait{10000};
};

}  // namespace welfare::platform
