#include "tests/access/tokens/bad_tokens.h"

#include "services/access/tokens/jwt.h"
#include "services/base/coding/base64.h"
#include "tests/access/tokens/token_fixture.h"

namespace welfare::access {
namespace {

// A right token with one claim replaced.
std::function<std::string()> Claim(std::string name, std::string json) {
  return [=] { return EcToken(EcHeader(), With(Claims(), name, json)); };
}
std::function<std::string()> NoClaim(std::string name) {
  return [=] { return EcToken(EcHeader(), Without(Claims(), name)); };
}
std::function<std::string()> Header(std::string name, std::string json) {
  return [=] { return EcToken(With(EcHeader(), name, json), Claims()); };
}
// A right header with these bytes in the place of the payload.
std::function<std::string()> Payload(std::string payload) {
  return [=] { return Issuer::Es256().Token(ToJson(EcHeader()), payload); };
}
std::function<std::string()> HeaderText(std::string header) {
  return [=] { return Issuer::Es256().Token(header, ToJson(Claims())); };
}
// A right token, its text changed.
std::function<std::string()> Changed(
    std::function<std::string(std::string)> change) {
  return [=] { return change(EcToken(EcHeader(), Claims())); };
}
// A right token with this signature.
std::function<std::string()> Signed(std::string signature) {
  return [=] {
    return Compact(SigningInput(ToJson(EcHeader()), ToJson(Claims())),
                   signature);
  };
}
std::string Part(const std::string& token, int which) {
  std::size_t begin = 0;
  for (; which > 0; --which) begin = token.find('.', begin) + 1;
  return token.substr(begin, token.find('.', begin) - begin);
}
// ES256 in the form of DER, RS256 by the padding of PS256.
std::string DerSigned() {
  const std::string input = SigningInput(ToJson(EcHeader()), ToJson(Claims()));
  return Compact(input, Issuer::Es256().SignDer(input));
}
std::string PssSigned() {
  const std::string input = SigningInput(ToJson(RsaHeader()), ToJson(Claims()));
  return Compact(input, Issuer::Rs256().SignPss(input));
}
// HS256 with what everybody knows as the secret.
std::string PublicKeyAsSecret(std::string_view kid, std::string secret) {
  const std::string input =
      SigningInput(ToJson({{"alg", "\"HS256\""}, {"kid", std::string(kid)}}),
                   ToJson(Claims()));
  return Compact(input, SignHs256(secret, input));
}
std::string Unsigned(std::string_view alg) {
  return SigningInput(ToJson(With(EcHeader(), "alg", alg)), ToJson(Claims())) +
         ".";
}
// `text` with its last letter replaced by one that differs in bits that stand
// for no byte.
std::string WithLooseBits(std::string text) {
  constexpr std::string_view kAlphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  text.back() = kAlphabet[kAlphabet.find(text.back()) ^ 1];
  return text;
}
// The order of P-256, which neither r nor s reaches.
std::string Order() {
  return *base::DecodeBase64Url("_____wAAAAD__________7zm-q2nF56E87nKwvxjJVE");
}

}  // namespace

const std::vector<BadToken>& BadTokens() {
  static const std::string kZero(32, '\0');
  static const std::string kOne = std::string(31, '\0') + '\1';
  static const std::vector<BadToken> kTokens = {
      // --- form ---
      {"empty", Refusal::kSegments, [] { return std::string(); }},
      {"one part", Refusal::kSegments,
       Changed([](const std::string& t) { return Part(t, 0); })},
      {"two parts", Refusal::kSegments,
       Changed([](const std::string& t) { return t.substr(0, t.rfind('.')); })},
      {"four parts", Refusal::kSegments,
       Changed([](const std::string& t) { return t + ".AAAA"; })},
      {"five parts, as one that is sealed", Refusal::kSegments,
       Changed([](const std::string& t) { return t + ".AAAA.AAAA"; })},
      {"a dot at the end", Refusal::kSegments,
       Changed([](const std::string& t) { return t + "."; })},
      {"no header", Refusal::kSegments,
       Changed([](const std::string& t) { return t.substr(t.find('.')); })},
      {"no payload", Refusal::kSegments, Changed([](const std::string& t) {
         return Part(t, 0) + ".." + Part(t, 2);
       })},
      {"a huge payload", Refusal::kSize, [] {
         return EcToken(EcHeader(),
                        With(Claims(), "x",
                             "\"" + std::string(kMaxTokenBytes, 'x') + "\""));
       }},
      {"a space in front", Refusal::kEncoding,
       Changed([](const std::string& t) { return " " + t; })},
      {"a line end behind", Refusal::kEncoding,
       Changed([](const std::string& t) { return t + "\n"; })},
      {"Bearer twice", Refusal::kEncoding,
       Changed([](const std::string& t) { return "Bearer " + t; })},
      {"padding", Refusal::kEncoding,
       Changed([](const std::string& t) { return t + "=="; })},
      {"the alphabet of mail", Refusal::kEncoding, [] {
         std::string header = ToJson(With(EcHeader(), "x", "\"?>?>?>\""));
         std::string text = Issuer::Es256().Token(header, ToJson(Claims()));
         for (char& c : text) {
           if (c == '-') c = '+';
           if (c == '_') c = '/';
         }
         return text;
       }},
      {"loose bits in the signature", Refusal::kEncoding,
       Changed(WithLooseBits)},
      {"full-width letters", Refusal::kEncoding,
       Changed([](const std::string& t) { return "\uFF45" + t.substr(1); })},
      {"a NUL behind", Refusal::kEncoding,
       Changed([](const std::string& t) { return t + std::string(1, '\0'); })},
      // --- header ---
      {"a header that is no JSON", Refusal::kHeader, HeaderText("alg=ES256")},
      {"a header that is a list", Refusal::kHeader,
       HeaderText("[\"ES256\",\"ec-1\"]")},
      {"a header with a text behind", Refusal::kHeader,
       HeaderText(ToJson(EcHeader()) + "{}")},
      {"a header with a comment", Refusal::kHeader,
       HeaderText("{/**/\"alg\":\"ES256\",\"kid\":\"ec-1\"}")},
      {"two kid", Refusal::kHeader,
       HeaderText(R"({"alg":"ES256","kid":"rsa-1","kid":"ec-1"})")},
      {"two alg, one escaped", Refusal::kHeader,
       HeaderText(R"({"alg":"ES256","\u0061lg":"none","kid":"ec-1"})")},
      {"a header that is not UTF-8", Refusal::kHeader,
       HeaderText("{\"alg\":\"ES256\",\"kid\":\"ec-1\",\"x\":\"\xFF\"}")},
      {"a header nested deep", Refusal::kHeader,
       HeaderText(R"({"alg":"ES256","kid":"ec-1","x":)" +
                  std::string(40, '[') + std::string(40, ']') + "}")},
      {"crit", Refusal::kHeaderMember, Header("crit", "[\"exp\"]")},
      {"crit, empty", Refusal::kHeaderMember, Header("crit", "[]")},
      {"b64", Refusal::kHeaderMember, Header("b64", "false")},
      {"its own key", Refusal::kHeaderMember,
       Header("jwk", ToJson(Issuer::Es256().Jwk()))},
      {"the address of a key set", Refusal::kHeaderMember,
       Header("jku", "\"https://evil.example/jwks\"")},
      {"the address of a certificate", Refusal::kHeaderMember,
       Header("x5u", "\"https://evil.example/c\"")},
      {"its own certificate", Refusal::kHeaderMember,
       Header("x5c", "[\"MII=\"]")},
      {"packed", Refusal::kHeaderMember, Header("zip", "\"DEF\"")},
      {"a token within", Refusal::kHeaderMember, Header("cty", "\"JWT\"")},
      {"typ of an ID token", Refusal::kType, Header("typ", "\"id_token\"")},
      {"typ of a logout token", Refusal::kType,
       Header("typ", "\"logout+jwt\"")},
      {"typ that is null", Refusal::kType, Header("typ", "null")},
      {"no kid", Refusal::kKeyId,
       [] { return EcToken(Without(EcHeader(), "kid"), Claims()); }},
      {"kid of no key", Refusal::kKeyId, Header("kid", "\"ec-2\"")},
      {"kid in other case", Refusal::kKeyId, Header("kid", "\"EC-1\"")},
      {"kid with a NUL", Refusal::kKeyId, Header("kid", R"("ec-1\u0000")")},
      {"kid that is a path", Refusal::kKeyId,
       Header("kid", "\"../../dev/null\"")},
      {"kid that is a number", Refusal::kKeyId, Header("kid", "1")},
      {"kid of the other key", Refusal::kAlgorithm,
       Header("kid", "\"rsa-1\"")},
      // --- algorithm ---
      {"no alg", Refusal::kAlgorithm,
       [] { return EcToken(Without(EcHeader(), "alg"), Claims()); }},
      {"alg none with a signature", Refusal::kAlgorithm,
       Header("alg", "\"none\"")},
      {"alg none without one", Refusal::kSegments,
       [] { return Unsigned("\"none\""); }},
      {"alg nOnE", Refusal::kAlgorithm, Header("alg", "\"nOnE\"")},
      {"alg ES256 without a signature", Refusal::kSegments,
       [] { return Unsigned("\"ES256\""); }},
      {"alg es256", Refusal::kAlgorithm, Header("alg", "\"es256\"")},
      {"alg ES384", Refusal::kAlgorithm, Header("alg", "\"ES384\"")},
      {"alg that is a list", Refusal::kAlgorithm,
       Header("alg", "[\"ES256\"]")},
      {"HS256 with the public PEM", Refusal::kAlgorithm,
       [] {
         return PublicKeyAsSecret("\"rsa-1\"", Issuer::Rs256().PublicPem());
       }},
      {"HS256 with the modulus", Refusal::kAlgorithm,
       [] {
         return PublicKeyAsSecret("\"rsa-1\"",
                                  ToJson(Issuer::Rs256().Jwk()));
       }},
      {"HS256 with the public PEM of EC", Refusal::kAlgorithm,
       [] {
         return PublicKeyAsSecret("\"ec-1\"", Issuer::Es256().PublicPem());
       }},
      {"PS256 by name", Refusal::kAlgorithm,
       [] {
         return Issuer::Rs256().Token(
             ToJson(With(RsaHeader(), "alg", "\"PS256\"")), ToJson(Claims()));
       }},
      {"PS256 under the name RS256", Refusal::kSignature, PssSigned},
      {"RS256 by name with the EC key", Refusal::kAlgorithm,
       Header("alg", "\"RS256\"")},
      // --- signature ---
      {"a signature in DER", Refusal::kSignature, DerSigned},
      {"the signature of another token", Refusal::kSignature, [] {
         return SigningInput(ToJson(EcHeader()), ToJson(Claims())) + "." +
                Part(EcToken(EcHeader(), With(Claims(), "sub", "\"desk\"")), 2);
       }},
      {"another key under this kid", Refusal::kSignature, [] {
         return Issuer(Algorithm::kEs256)
             .Token(ToJson(EcHeader()), ToJson(Claims()));
       }},
      {"r and s zero", Refusal::kSignature, Signed(kZero + kZero)},
      {"r zero", Refusal::kSignature, Signed(kZero + kOne)},
      {"s zero", Refusal::kSignature, Signed(kOne + kZero)},
      {"r the order", Refusal::kSignature, Signed(Order() + kOne)},
      {"s the order", Refusal::kSignature, Signed(kOne + Order())},
      {"r and s one", Refusal::kSignature, Signed(kOne + kOne)},
      {"a signature of 63 bytes", Refusal::kSignature,
       Signed(std::string(63, 'x'))},
      {"a signature of 65 bytes", Refusal::kSignature,
       Signed(std::string(65, 'x'))},
      {"a signature of 128 bytes", Refusal::kSignature,
       Signed(std::string(128, 'x'))},
      {"RS256 one byte short", Refusal::kSignature, [] {
         const std::string input =
             SigningInput(ToJson(RsaHeader()), ToJson(Claims()));
         return Compact(input, Issuer::Rs256().Sign(input).substr(1));
       }},
      {"RS256 with a zero in front", Refusal::kSignature, [] {
         const std::string input =
             SigningInput(ToJson(RsaHeader()), ToJson(Claims()));
         return Compact(input,
                        std::string(1, '\0') + Issuer::Rs256().Sign(input));
       }},
      {"more rights than were signed", Refusal::kSignature,
       Changed([](const std::string& t) {
         return Part(t, 0) + "." +
                base::EncodeBase64Url(ToJson(
                    With(Claims(), "grants", "[\"registrar@*\"]"))) +
                "." + Part(t, 2);
       })},
      // --- payload ---
      {"a payload that is a text", Refusal::kPayload, Payload("\"office\"")},
      {"a payload that is no JSON", Refusal::kPayload, Payload("sub=office")},
      {"two sub", Refusal::kPayload,
       Payload(R"({"sub":"desk",)" + ToJson(Claims()).substr(1))},
      {"two exp, one escaped", Refusal::kPayload,
       Payload(R"({"e\u0078p":1990000000,)" + ToJson(Claims()).substr(1))},
      {"two members in a claim of others", Refusal::kPayload,
       Claim("x", R"({"a":1,"a":2})")},
      {"a payload with a text behind", Refusal::kPayload,
       Payload(ToJson(Claims()) + "x")},
      {"a payload with a NUL behind", Refusal::kPayload,
       Payload(ToJson(Claims()) + std::string(1, '\0'))},
      {"a payload with a byte order mark", Refusal::kPayload,
       Payload("\xEF\xBB\xBF" + ToJson(Claims()))},
      {"a payload that is not UTF-8", Refusal::kPayload,
       Claim("name", "\"\xE3\x81\"")},
      {"half a surrogate pair", Refusal::kPayload,
       Claim("name", R"("\ud83d")")},
      {"the other half", Refusal::kPayload, Claim("name", R"("\udc00")")},
      {"a payload in UTF-16", Refusal::kPayload,
       Payload(std::string("{\0}\0", 4))},
      {"NaN", Refusal::kPayload, Claim("x", "NaN")},
      {"a comma too many", Refusal::kPayload, Claim("x", "[1,]")},
      // --- times ---
      {"no exp", Refusal::kTimes, NoClaim("exp")},
      {"exp that is null", Refusal::kTimes, Claim("exp", "null")},
      {"exp as a text", Refusal::kTimes, Claim("exp", "\"1780000300\"")},
      {"exp as a list", Refusal::kTimes, Claim("exp", "[1780000300]")},
      {"exp with a fraction", Refusal::kTimes, Claim("exp", "1780000300.5")},
      {"exp with an exponent", Refusal::kTimes, Claim("exp", "1.7800003e9")},
      {"exp below zero", Refusal::kTimes, Claim("exp", "-1")},
      {"exp behind the year 9999", Refusal::kTimes,
       Claim("exp", "253402300800")},
      {"exp in milliseconds", Refusal::kTimes, Claim("exp", "1780000300000")},
      {"exp at the end of 63 bits", Refusal::kTimes,
       Claim("exp", "9223372036854775807")},
      {"exp at the end of 64 bits", Refusal::kTimes,
       Claim("exp", "18446744073709551615")},
      {"exp beyond all bits", Refusal::kPayload,
       Claim("exp", "99999999999999999999999")},
      {"exp with a zero in front", Refusal::kPayload,
       Claim("exp", "01780000300")},
      {"nbf ahead", Refusal::kNotYet, Claim("nbf", "1780000031")},
      {"nbf as a text", Refusal::kTimes, Claim("nbf", "\"1779999900\"")},
      {"iat ahead", Refusal::kNotYet, Claim("iat", "1780000031")},
      {"iat with a fraction", Refusal::kTimes, Claim("iat", "1779999900.25")},
      // --- issuer and audience ---
      {"no iss", Refusal::kIssuer, NoClaim("iss")},
      {"iss with a slash behind", Refusal::kIssuer,
       Claim("iss", "\"https://id.example.jp/realms/welfare/\"")},
      {"iss in other case", Refusal::kIssuer,
       Claim("iss", "\"https://ID.example.jp/realms/welfare\"")},
      {"iss with letters that look alike", Refusal::kIssuer,
       Claim("iss", "\"https://id.ex\u0430mple.jp/realms/welfare\"")},
      {"iss as a list", Refusal::kIssuer,
       Claim("iss", "[\"https://id.example.jp/realms/welfare\"]")},
      {"no aud", Refusal::kAudience, NoClaim("aud")},
      {"aud of others", Refusal::kAudience,
       Claim("aud", "[\"account\",\"welfare2\"]")},
      {"aud in other case", Refusal::kAudience, Claim("aud", "\"Welfare\"")},
      {"aud of nobody", Refusal::kAudience, Claim("aud", "[]")},
      {"aud in a list in a list", Refusal::kAudience,
       Claim("aud", "[[\"welfare\"]]")},
      {"aud with a number", Refusal::kAudience,
       Claim("aud", "[\"welfare\",1]")},
      {"aud that holds us within", Refusal::kAudience,
       Claim("aud", "\"not-welfare welfare\"")},
      // --- who and what ---
      {"no sub", Refusal::kSubject, NoClaim("sub")},
      {"sub that is empty", Refusal::kSubject, Claim("sub", "\"\"")},
      {"sub that is a number", Refusal::kSubject, Claim("sub", "7")},
      {"sub with a line end", Refusal::kSubject, Claim("sub", R"("a\nb")")},
      {"sub that turns the writing", Refusal::kSubject,
       Claim("sub", "\"office\u202E\"")},
      {"sub of 256 letters", Refusal::kSubject,
       Claim("sub", "\"" + std::string(256, 'a') + "\"")},
      {"grants as a text", Refusal::kGrants,
       Claim("grants", "\"manager@jusou\"")},
      {"a grant without survey", Refusal::kGrants,
       Claim("grants", "[\"manager\"]")},
      {"a grant of no role", Refusal::kGrants, Claim("grants", "[\"root@*\"]")},
      {"a grant in other case", Refusal::kGrants,
       Claim("grants", "[\"Manager@jusou\"]")},
      {"a grant with a space", Refusal::kGrants,
       Claim("grants", "[\"manager@jusou \"]")},
      {"a grant with two @", Refusal::kGrants,
       Claim("grants", "[\"manager@jusou@*\"]")},
      {"a grant on a pattern", Refusal::kGrants,
       Claim("grants", "[\"manager@jus*\"]")},
      {"registrar of one survey", Refusal::kGrants,
       Claim("grants", "[\"registrar@jusou\"]")},
      {"a grant twice", Refusal::kGrants,
       Claim("grants", "[\"manager@jusou\",\"manager@jusou\"]")},
      {"a grant that is null", Refusal::kGrants, Claim("grants", "[null]")},
      {"65 grants", Refusal::kGrants, [] {
         std::string list;
         for (int i = 0; i < 65; ++i) {
           list += (i == 0 ? "[" : ",") + ("\"manager@s" + std::to_string(i)) +
                   "\"";
         }
         return EcToken(EcHeader(), With(Claims(), "grants", list + "]"));
       }},
      {"a respondent without municipality", Refusal::kRespondent,
       NoClaim("municipality_code")},
      {"a respondent without kind", Refusal::kRespondent,
       NoClaim("respondent_kind")},
      {"a municipality code as a number", Refusal::kRespondent,
       Claim("municipality_code", "131016")},
      {"a municipality code with a wrong check digit", Refusal::kRespondent,
       Claim("municipality_code", "\"131017\"")},
      {"a municipality code in full width", Refusal::kRespondent,
       Claim("municipality_code", "\"１３１０１６\"")},
      {"a kind that is none", Refusal::kRespondent,
       Claim("respondent_kind", "\"Council\"")},
      {"expired", Refusal::kExpired, Claim("exp", "1779999970")},
  };
  return kTokens;
}

}  // namespace welfare::access
