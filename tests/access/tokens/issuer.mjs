// An issuer that shares no code with ours. Prints a JWKS, then lines of what
// must come of a token, and the token.
import {constants, generateKeyPairSync, sign} from 'node:crypto';

const keys = {
  'rsa-2048': generateKeyPairSync('rsa', {modulusLength: 2048}),
  'rsa-3072': generateKeyPairSync('rsa', {modulusLength: 3072}),
  'ec-a': generateKeyPairSync('ec', {namedCurve: 'P-256'}),
  'ec-b': generateKeyPairSync('ec', {namedCurve: 'P-256'}),
};
console.log(JSON.stringify({
  keys: Object.entries(keys).map(([kid, pair]) => ({
                                   ...pair.publicKey.export({format: 'jwk'}),
                                   kid,
                                   use: 'sig',
                                 })),
}));

const claims = {
  iss: 'https://id.example.jp/realms/welfare',
  aud: ['welfare'],
  sub: 'bureau',
  exp: 1780000300,
  grants: ['manager@jusou'],
  name: '窓口',
};
const encode = (value) =>
    Buffer.from(JSON.stringify(value)).toString('base64url');

function token(kid, payload = claims, options = {}) {
  const alg = kid.startsWith('rsa') ? 'RS256' : 'ES256';
  const input =
      `${encode({alg, typ: 'JWT', kid, ...options.header})}.${encode(payload)}`;
  const signature = sign('sha256', Buffer.from(input), {
    key: keys[options.by ?? kid].privateKey,
    dsaEncoding: options.dsaEncoding ?? 'ieee-p1363',
    ...(options.padding && {padding: options.padding}),
  });
  return `${input}.${signature.toString('base64url')}`;
}

for (const kid of Object.keys(keys)) console.log('admitted', token(kid));
console.log('signature', token('ec-a', claims, {by: 'ec-b'}));
console.log('signature', token('rsa-2048', claims, {by: 'rsa-3072'}));
console.log('signature', token('ec-a', claims, {dsaEncoding: 'der'}));
console.log(
    'signature',
    token('rsa-2048', claims, {padding: constants.RSA_PKCS1_PSS_PADDING}));
console.log('algorithm', token('rsa-2048', claims, {header: {alg: 'PS256'}}));
console.log('expired', token('ec-b', {...claims, exp: 1770000000}));
