// Every failure that access names. Reasons are part of the API.
#pragma once

#include <string_view>

#include "services/base/error.h"

namespace welfare::access {

inline constexpr base::ErrorRow kErrorTable[] = {
    // --- what a caller hears: one sentence, whatever was wrong ---
    {"TOKEN_INVALID", absl::StatusCode::kUnauthenticated,
     "The token is not valid here; sign in again.",
     "トークンが無効です。もう一度サインインしてください。"},
    {"TOKEN_EXPIRED", absl::StatusCode::kUnauthenticated,
     "The token has expired; sign in again.",
     "トークンの有効期限が切れています。もう一度サインインしてください。"},
    {"API_KEY_INVALID", absl::StatusCode::kUnauthenticated,
     "The API key is not valid here; ask the operator for a new one.",
     "APIキーが無効です。管理者に新しいキーを求めてください。"},
    {"API_KEY_EXPIRED", absl::StatusCode::kUnauthenticated,
     "The API key has expired; ask the operator for a new one.",
     "APIキーの有効期限が切れています。管理者に新しいキーを求めてください。"},

    {"CREDENTIALS_SEVERAL", absl::StatusCode::kUnauthenticated,
     "Send one token or one API key, not several.",
     "トークンかAPIキーのどちらか一つだけを送ってください。"},

    // --- identities ---
    {"GRANT_FORMAT", absl::StatusCode::kInvalidArgument,
     "Write a grant as role@survey or role@*, for example manager@jusou.",
     "権限は manager@jusou のように「役割@調査」または「役割@*」の形で書いて"
     "ください。"},
    {"ROLE_UNKNOWN", absl::StatusCode::kInvalidArgument,
     "A role is registrar, manager, reviewer, respondent, auditor or operator.",
     "役割は registrar、manager、reviewer、respondent、auditor、operator の"
     "どれかにしてください。"},
    {"GRANT_SURVEY", absl::StatusCode::kInvalidArgument,
     "The survey of a grant is * or 1 to 63 of a-z, 0-9, - and _.",
     "権限の調査は * か、a-z、0-9、-、_ の1文字から63文字で書いてください。"},
    {"GRANT_SCOPE", absl::StatusCode::kInvalidArgument,
     "The registry belongs to no survey; write registrar@*.",
     "台帳は調査に属しません。registrar@* と書いてください。"},
    {"IDENTITY_INVALID", absl::StatusCode::kInvalidArgument,
     "This is no identity; mend every violation.",
     "識別情報が正しくありません。示された誤りをすべて直してください。"},
    // The gateway wrote it: nothing that a caller could mend.
    {"IDENTITY_UNREADABLE", absl::StatusCode::kInternal,
     "The identity that the gateway sent cannot be read.", ""},

    // --- files and settings of the operator ---
    {"JSON_SYNTAX", absl::StatusCode::kInvalidArgument,
     "This is no JSON (RFC 8259) within the limits: {why}.",
     "JSON（RFC 8259）として読めないか、上限を超えています（{why}）。"},
    {"JSON_MEMBER_REPEATED", absl::StatusCode::kInvalidArgument,
     "A JSON object names a member twice; keep one.",
     "JSONのオブジェクトに同じ名前が二度あります。一つだけ残してください。"},
    {"JWKS_INVALID", absl::StatusCode::kInvalidArgument,
     "The set of keys that sign tokens (JWKS) cannot be used; mend every "
     "violation.",
     "トークンの署名鍵の一覧（JWKS）を使えません。示された誤りをすべて直して"
     "ください。"},
    {"API_KEYS_INVALID", absl::StatusCode::kInvalidArgument,
     "The file of API keys cannot be used; mend every violation.",
     "APIキーのファイルを使えません。示された誤りをすべて直してください。"},
    {"CERTIFICATE_CALLERS_INVALID", absl::StatusCode::kInvalidArgument,
     "The file of callers by certificate cannot be used; mend every violation.",
     "クライアント証明書の利用者のファイルを使えません。示された誤りをすべて直"
     "してください。"},
    {"ADDRESS_LIST_INVALID", absl::StatusCode::kInvalidArgument,
     "The list of addresses cannot be used; mend every violation.",
     "アドレスの一覧を使えません。示された誤りをすべて直してください。"},
    {"TOKEN_RULES_INVALID", absl::StatusCode::kInvalidArgument,
     "Tokens are judged by an issuer, an audience and a leeway of 0 to 60 "
     "seconds; set all three.",
     "トークンの検証には発行者、宛先、0から60秒の許容時間が必要です。三つとも"
     "設定してください。"},
};

static_assert(base::HasGoodReasons(kErrorTable));

// A reason that is not in the table does not compile.
consteval const base::ErrorRow& AccessRow(std::string_view reason) {
  return base::FindRow(kErrorTable, reason);
}

// What is wrong with one field of an identity, a key or a list.
inline constexpr base::ViolationRow kViolationTable[] = {
    // --- identities ---
    {"SUBJECT_FORMAT",
     "A subject is 1 to 255 printable ASCII characters, without a space at "
     "either end.",
     "対象者（subject）は印字できるASCII文字で1文字から255文字とし、両端に空白"
     "を置かないでください。"},
    {"SUBJECT_RESERVED",
     "The subjects local, anonymous and those that begin service: are the "
     "platform's own; choose another.",
     "local、anonymous と service: "
     "で始まる対象者（subject）はこのシステム専用で"
     "す。ほかの名前にしてください。"},
    {"GRANTS_TOO_MANY", "An identity has at most {limit} grants.",
     "権限は{limit}個までにしてください。"},
    {"GRANT_REPEATED", "The grant stands twice; keep one.",
     "同じ権限が二度あります。一つだけ残してください。"},
    {"RESPONDENT_CLAIMS",
     "State municipality_code and respondent_kind together; the role "
     "respondent needs both.",
     "municipality_code と respondent_kind は両方を書いてください。役割 "
     "respondent には両方が必要です。"},
    {"CODE_FORMAT", "Write the municipality code as six ASCII digits.",
     "市区町村コードは半角数字6桁で書いてください。"},

    // --- members of JSON files ---
    {"MEMBER_MISSING", "This member is needed.", "この項目が必要です。"},
    {"MEMBER_TYPE", "This must be {kind}.", "{kind_ja}にしてください。"},
    {"MEMBER_UNKNOWN", "There is no such member here; take it out.",
     "この名前の項目はありません。取り除いてください。"},
    {"FILE_SIZE", "At most {limit} bytes are read.",
     "読めるのは{limit}バイトまでです。"},
    {"KEYS_COUNT", "There are {least} to {limit} of these in a file.",
     "{least}個から{limit}個までにしてください。"},

    // --- keys that sign tokens ---
    {"KEY_SYMMETRIC",
     "A symmetric key (oct) can sign what it verifies; use RSA or EC P-256.",
     "共通鍵（oct）は使えません。検証する側が署名もできてしまうためです。RSA"
     "かEC P-256の公開鍵にしてください。"},
    {"KEY_PRIVATE",
     "A private key stands here; make a new pair and publish the public half.",
     "秘密鍵が含まれています。鍵を作り直し、公開鍵だけを置いてください。"},
    {"KEY_TYPE", "A key is RSA or EC.",
     "鍵の種類（kty）はRSAかECにしてくださ"
     "い。"},
    {"KEY_ID", "A kid is 1 to 128 printable ASCII characters.",
     "鍵の名前（kid）は印字できるASCII文字で1文字から128文字にしてください。"},
    {"KEY_ID_REPEATED", "Two keys have this kid; keep one.",
     "同じ名前（kid）の鍵が二つあります。一つだけ残してください。"},
    {"KEY_USE", "A key that verifies signatures (use sig) is needed here.",
     "ここには署名を検証する鍵（use が sig）が必要です。"},
    {"KEY_ALGORITHM", "An RSA key has the alg RS256, an EC key ES256.",
     "alg は、RSAの鍵ではRS256、ECの鍵ではES256にしてください。"},
    {"KEY_CURVE", "The curve is P-256.", "曲線（crv）はP-256にしてください。"},
    {"KEY_ENCODING",
     "Write the number in base64url without padding, in as many bytes as it "
     "needs (RFC 7518).",
     "数値はRFC 7518のとおり、必要なバイト数だけを埋め草なしのbase64urlで書い"
     "てください。"},
    {"RSA_SIZE", "An RSA key has 2,048 to 8,192 bits.",
     "RSAの鍵は2048ビットから8192ビットにしてください。"},
    {"RSA_EXPONENT",
     "The exponent is odd, above 65,536 and of at most 32 bits (AQAB).",
     "公開指数（e）は65536より大きい32ビットまでの奇数（AQAB）にしてください"
     "。"},
    {"EC_POINT", "The point does not lie on the curve.",
     "点が曲線の上にありません。鍵を確かめてください。"},

    // --- API keys ---
    {"FILE_VERSION", "This build reads version 1 of the file.",
     "このプログラムが読めるのはバージョン1のファイルです。"},
    {"API_KEY_ID", "An id is 16 hexadecimal digits.",
     "idは16桁の16進数（小文字）で書いてください。"},
    {"API_KEY_ID_REPEATED", "Two keys have this id; keep one.",
     "同じidのキーが二つあります。一つだけ残してください。"},
    {"API_KEY_DIGEST", "A digest is 64 hexadecimal digits.",
     "ダイジェストは64桁の16進数（小文字）で書いてください。"},
    {"API_KEY_TIMES", "A key expires after it was created.",
     "有効期限は作成日時より後にしてください。"},

    // --- certificates of callers ---
    {"CERTIFICATE_NAME",
     "Name a certificate by dns: and a DNS name in small letters, uri: and a "
     "URI, or cn: and its common name.",
     "証明書は dns: と小文字のDNS名、uri: とURI、cn: と共通名のどれかで書いてく"
     "ださい。"},
    {"CERTIFICATE_NAME_REPEATED", "Two callers have this name; keep one.",
     "同じ名前の利用者が二つあります。一つだけ残してください。"},

    // --- addresses ---
    {"ADDRESS_FORMAT",
     "Write an address or a range such as 10.1.0.0/16 or 2001:db8::/32.",
     "アドレスか範囲を 10.1.0.0/16 や 2001:db8::/32 の形で書いてください。"},
    {"ADDRESS_HOST_BITS",
     "Bits are set behind the prefix; write the first address of the range.",
     "接頭辞より後のビットが立っています。範囲の先頭のアドレスを書いてくださ"
     "い。"},
    {"ADDRESS_MAPPED", "Write an IPv4 range in the form of IPv4.",
     "IPv4の範囲はIPv4の形で書いてください。"},
    {"ADDRESSES_TOO_MANY", "A list has at most {limit} ranges.",
     "範囲は{limit}個までにしてください。"},
};

static_assert(base::HasGoodReasons(kViolationTable));

consteval const base::ViolationRow& AccessFault(std::string_view reason) {
  return base::FindRow(kViolationTable, reason);
}

}  // namespace welfare::access
