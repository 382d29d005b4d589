// Every failure the gateway names: what requests/failure.h is made of. Reasons
// are part of the API. Failures of the services pass through as they are.
#pragma once

#include "services/base/error.h"

namespace welfare::gateway {

// What an operator alone can meet has no Japanese.
inline constexpr base::ErrorRow kErrorTable[] = {
    {"MALFORMED_PATH", absl::StatusCode::kInvalidArgument,
     "The path holds a malformed escape or bytes that are not UTF-8.",
     "パスに誤りがあります（%の書き方か、UTF-8でないバイト）。"},
    {"MALFORMED_QUERY", absl::StatusCode::kInvalidArgument,
     "The query holds a malformed escape or bytes that are not UTF-8, or too "
     "many parameters.",
     "クエリに誤りがあります（%の書き方、UTF-"
     "8でないバイト、多すぎるパラメータの"
     "いずれか）。"},
    {"MALFORMED_JSON", absl::StatusCode::kInvalidArgument,
     "The body {problem}.", "本文を読めません。{problem_ja}"},
    {"MALFORMED_HEADER", absl::StatusCode::kInvalidArgument,
     "The value of the header '{header}' is malformed.",
     "ヘッダー「{header}」の値が正しい形ではありません。"},
    {"MALFORMED_FRAME", absl::StatusCode::kInvalidArgument,
     "The request stream {problem}.", "要求を読めません。{problem_ja}"},
    {"INVALID_REQUEST", absl::StatusCode::kInvalidArgument,
     "The request is invalid: '{field}' {problem}{more}.",
     "要求に誤りがあります。{field}: {problem_ja}{more_ja}"},
    {"PRECONDITION_FAILED", absl::StatusCode::kFailedPrecondition,
     "What is here is not what If-Match names; read it again.",
     "If-Match の指すものから変わっています。読み直してください。"},
    {"PRECONDITION_UNSUPPORTED", absl::StatusCode::kInvalidArgument,
     "This operation compares no etag; leave the header '{header}' out.",
     "この操作は版を比べません。ヘッダー「{header}」を外してください。"},
    {"IDEMPOTENCY_KEY_UNSUPPORTED", absl::StatusCode::kInvalidArgument,
     "This operation does not know its repeats; leave the header "
     "'idempotency-key' out.",
     "この操作は同じ要求の繰り返しを見分けません。ヘッダー「idempotency-key」を"
     "外してください。"},
    {"ENCODING_NOT_ACCEPTABLE", absl::StatusCode::kInvalidArgument,
     "The answer can be sent as it is or by gzip; allow one of them in "
     "accept-encoding.",
     "応答は無圧縮かgzipで送れます。accept-encoding "
     "でどちらかを許してください。"},
    {"PATH_NOT_FOUND", absl::StatusCode::kNotFound,
     "No resource or method has this path.",
     "このパスのリソースや操作はありません。"},
    {"METHOD_NOT_ALLOWED", absl::StatusCode::kUnimplemented,
     "This path takes {allow}.", "このパスで使えるメソッドは {allow} です。"},
    {"UNSUPPORTED_MEDIA_TYPE", absl::StatusCode::kInvalidArgument,
     "Send the body as {wanted}.", "本文は {wanted} で送ってください。"},
    {"MESSAGE_TOO_LARGE", absl::StatusCode::kResourceExhausted,
     "A message may hold at most {limit_bytes} bytes; send smaller batches.",
     "一度に送れるのは {limit_bytes} "
     "バイトまでです。小さく分けて送ってください。"},
    {"TOO_MANY_FIELDS", absl::StatusCode::kResourceExhausted,
     "A request may hold at most {limit} fields and elements of lists; send "
     "smaller batches.",
     "一度に送れる項目とリストの要素は {limit} "
     "個までです。小さく分けて送ってください。"},
    {"GATEWAY_OVERLOADED", absl::StatusCode::kResourceExhausted,
     "The gateway holds too many unfinished requests; try again.",
     "混み合っています。しばらくしてから、もう一度お試しください。"},
    {"PEER_OVER_SHARE", absl::StatusCode::kResourceExhausted,
     "Too much is under way from your address; wait for answers before you "
     "send more.",
     "お使いのアドレスから処理中の要求が多すぎます。応答を待ってから送ってくだ"
     "さい。"},
    {"CALLER_RATE_EXCEEDED", absl::StatusCode::kResourceExhausted,
     "You call more often than you may; wait as long as the answer says, and "
     "call less often.",
     "呼び出しの回数が多すぎます。示された時間だけ待ってから、間隔をあけて呼び"
     "出してください。"},
    {"BACKEND_BUSY", absl::StatusCode::kResourceExhausted,
     "The service behind the gateway has more to do than it can answer in "
     "time; try again.",
     "サービスが混み合っています。しばらくしてから、もう一度お試しください。"},
    {"BACKEND_SILENT", absl::StatusCode::kUnavailable,
     "The service behind the gateway has not answered anybody lately; try "
     "again.",
     "サービスから応答がありません。しばらくしてから、もう一度お試しください"
     "。"},
    {"ANSWERS_HELD_TOO_LARGE", absl::StatusCode::kResourceExhausted,
     "Over HTTP/1.1 the answers wait for the end of the body, and these are "
     "more than {limit_bytes} bytes; those above are all that were made. Send "
     "the rest over HTTP/2, or in smaller parts.",
     "HTTP/1.1では本文が終わるまで応答を{limit_bytes}"
     "バイトまでしか預かれません。ここまでの応答は上のとおりです。残りはHTTP/"
     "2で"
     "送るか、小さく分けて送ってください。"},
    {"RANGE_NOT_SATISFIABLE", absl::StatusCode::kOutOfRange,
     "The file has {size} bytes; ask for a range within them.",
     "このファイルは{size}バイトです。その中の範囲を指定してください。"},
    {"UNKNOWN_SERVICE", absl::StatusCode::kUnimplemented,
     "The gateway routes no such gRPC service.",
     "このgRPCサービスは取り次いでいません。"},
    {"MESSAGE_ENCODING_UNSUPPORTED", absl::StatusCode::kUnimplemented,
     "Send gRPC messages uncompressed (grpc-encoding: identity).",
     "gRPCのメッセージは圧縮せずに送ってください（grpc-encoding: "
     "identity）。"},
    {"INVALID_BACKEND_RESPONSE", absl::StatusCode::kInternal,
     "The service behind the gateway sent an answer that cannot be read.",
     "サービスの応答を読み取れませんでした。管理者に連絡してください。"},
    {"BACKEND_UNAVAILABLE", absl::StatusCode::kUnavailable,
     "The service behind the gateway cannot be reached; try again.",
     "サービスに接続できません。しばらくしてから、もう一度お試しください。"},
    {"SHUTTING_DOWN", absl::StatusCode::kUnavailable,
     "The gateway is stopping; connect again.",
     "サービスを停止しています。接続し直してください。"},
    {"DEADLINE_EXCEEDED", absl::StatusCode::kDeadlineExceeded,
     "The service behind the gateway did not answer in time.",
     "時間内にサービスの応答がありませんでした。もう一度お試しください。"},
    {"REQUEST_TIMEOUT", absl::StatusCode::kDeadlineExceeded,
     "The request did not arrive in time.",
     "要求が時間内に届きませんでした。もう一度送ってください。"},
    {"METHOD_CLOSED", absl::StatusCode::kPermissionDenied,
     "Nobody may call this method: its contract does not say who may.",
     "この操作は誰にも許可されていません（利用できる人が定められていません）"
     "。"},
    // What ends a start, and what a running gateway logs.
    {"FOREIGN_FILE_UNREADABLE", absl::StatusCode::kFailedPrecondition,
     "--{setting}: {path} cannot be used: {why}.",
     "--{setting}: {path} を使えません（{why}）。"},
    {"FOREIGN_FILE_INVALID", absl::StatusCode::kFailedPrecondition,
     "--{setting}: {path} cannot be used: {problem}.",
     "--{setting}: {path} を使えません（{problem}）。"},
    {"CALLER_FILE_UNREADABLE", absl::StatusCode::kFailedPrecondition,
     "--{setting}: {path} cannot be read ({why}); check the path and that the "
     "user of this process may read it.",
     "--{setting}: {path} を読めません（{why}）。パスと、このプロセスの利用者の"
     "読み取り権限を確認してください。"},
    {"CALLER_FILE_INVALID", absl::StatusCode::kFailedPrecondition,
     "--{setting}: {path} cannot be used: {problem}{more}.",
     "--{setting}: {path} を使えません。{problem_ja}{more_ja}。"},
};

static_assert(base::HasGoodReasons(kErrorTable));

consteval const base::ErrorRow& Row(std::string_view reason) {
  return base::FindRow(kErrorTable, reason);
}

// What is wrong with one field. English follows the name of the field.
inline constexpr base::ViolationRow kViolationTable[] = {
    {"FIELD_UNKNOWN", "is no field of {type}",
     "{type}にこの項目はありません。"},
    {"FIELD_REPEATED", "is given twice", "二度指定されています。"},
    {"FIELD_EXCLUDED", "excludes '{other}', which is given too",
     "「{other}」と同時には指定できません。"},
    {"FIELD_TYPE", "must be {wanted}, not {found}",
     "{wanted_ja}にしてください（{found_ja}になっています）。"},
    {"FIELD_MISPLACED",
     "belongs in the path or the query; this method reads no body",
     "パスかクエリで指定してください。この操作は本文を読みません。"},
    {"BODY_MISPLACED", "must be empty; this method reads no body",
     "空にしてください。この操作は本文を読みません。"},
    {"FIELD_UNSUPPORTED", "is of a type that requests cannot carry",
     "要求では指定できない型の項目です。"},
    {"FIELD_NULL", "must not be null", "nullは指定できません。"},
    {"PARAMETER_UNKNOWN", "is no query parameter of this method",
     "この操作にこのパラメータはありません。"},
    {"PARAMETER_MISPLACED", "belongs in the body, not in the query",
     "クエリではなく、本文で指定してください。"},
    {"PARAMETER_OBJECT", "is an object; give its fields as '{name}.field'",
     "複数の項目をもつ値です。「{name}.項目名」の形で指定してください。"},
    {"PARAMETER_CASE", "must be camel or snake",
     "camel か snake を指定してください。"},
    {"OFFSET_BY_RANGE", "is said by the header Range",
     "Rangeヘッダーで指定してください。"},
    {"TEXT_ENCODING", "must be UTF-8", "UTF-8にしてください。"},
    {"PATH_CONTRADICTED", "contradicts the path, which says {value}",
     "パスの指定（{value}）と異なります。"},
    {"HEADER_CONTRADICTED", "contradicts the header {header}",
     "ヘッダー「{header}」の指定と異なります。"},
    {"MASK_PATH_UNKNOWN", "names '{path}', which is no field of {type}",
     "「{path}」という項目は{type}にありません。"},
    {"MASK_FORMAT", "must be field paths separated by commas",
     "項目名をコンマで区切って指定してください。"},
    {"INTEGER_RANGE", "must be an integer within the range of {type}",
     "{type}の範囲の整数にしてください。"},
    {"NUMBER_RANGE", "is out of the range of a 32-bit number",
     "32ビットの数値の範囲を超えています。"},
    {"TIME_FORMAT",
     "must be an RFC 3339 time such as 2025-04-01T09:00:00+09:00 or "
     "2025-04-01T00:00:00Z, not {found}",
     "2025-04-01T09:00:00+09:00 のような形（RFC 3339）の日時にしてください（"
     "{found_ja}になっています）。"},
    {"TIME_OFFSET",
     "must be an RFC 3339 time such as 2025-04-01T09:00:00+09:00 or "
     "2025-04-01T00:00:00Z, not {found}; the offset is written with a colon, "
     "as in +09:00",
     "時差は +09:00 のようにコロンを入れて書いてください（{found_ja}になってい"
     "ます）。"},
    {"TIME_UNKNOWN",
     "must be an RFC 3339 time such as 2025-04-01T09:00:00+09:00 or "
     "2025-04-01T00:00:00Z, not {found}; there is no such date and time",
     "{found_ja}という日時はありません。"},
    {"TIME_RANGE",
     "must be an RFC 3339 time such as 2025-04-01T09:00:00+09:00 or "
     "2025-04-01T00:00:00Z, not {found}; the time is out of range",
     "{found_ja}は扱える日時の範囲を超えています。"},
    {"DURATION_FORMAT",
     "must be a duration in seconds such as 1.5s, not {found}",
     "1.5s のように秒で指定してください（{found_ja}になっています）。"},
    {"DURATION_RANGE",
     "must be a duration in seconds such as 1.5s, not {found}; it is out of "
     "range",
     "{found_ja}は扱える長さの範囲を超えています。"},
    {"BASE64_FORMAT", "must be base64", "base64の形にしてください。"},
    {"NUL_CHARACTER", "must not contain U+0000",
     "使えない文字（U+0000）があります。取り除いてください。"},
};

static_assert(base::HasGoodReasons(kViolationTable));

consteval const base::ViolationRow& FaultRow(std::string_view reason) {
  return base::FindRow(kViolationTable, reason);
}

// What a body or a stream that cannot be read is: `{problem}` of MALFORMED_JSON
// and MALFORMED_FRAME, which are the reasons that a caller sees.
inline constexpr base::ViolationRow kProblemTable[] = {
    {"JSON_SYNTAX", "is no JSON (RFC 8259): {why}",
     "JSON（RFC 8259）ではありません（{why}）。"},
    {"JSON_DEPTH", "is nested deeper than {levels} levels",
     "{levels} 段より深い入れ子があります。"},
    {"JSON_SIZE", "is too large", "大きすぎます。"},
    {"FRAME_FLAG", "has a bad flag", "メッセージの先頭に誤りがあります。"},
    {"FRAME_CUT", "ends within a message",
     "メッセージの途中で終わっています。"},
    {"FRAME_SECOND", "holds more than the one message that this method takes",
     "このメソッドが受け取るメッセージは1つだけです。"},
    {"HTTP1_RULES", "breaks the rules of HTTP/1.1",
     "HTTP/1.1の規則に合いません。"},
};

static_assert(base::HasGoodReasons(kProblemTable));

consteval const base::ViolationRow& ProblemRow(std::string_view reason) {
  return base::FindRow(kProblemTable, reason);
}

}  // namespace welfare::gateway
