// Heads and bodies of HTTP/1 on which parsers have been found to disagree, and a
// generator of more. Texts are Latin-1: a character is a byte.

const host = 'Host: a\r\n';
const post = lines => `POST /x HTTP/1.1\r\n${host}${lines}\r\n`;
const get = lines => `GET /x HTTP/1.1\r\n${host}${lines}\r\n`;
const chunked = (body, lines = '') =>
    post(`Transfer-Encoding: chunked\r\n${lines}`) + body;
const line = (first, lines = host) => `${first}\r\n${lines}\r\n`;

// [what, bytes, how many requests of it are taken]. Where it is fewer than there
// are, the connection ends there.
export const written = [
  ['no body', get(''), 1],
  ['two requests', get('') + get(''), 2],
  ['a length', post('Content-Length: 5\r\n') + 'abcde', 1],
  ['a length of nothing', post('Content-Length: 0\r\n'), 1],
  ['a length with zeros', post('Content-Length: 0005\r\n') + 'abcde', 1],
  ['a body of a GET', get('Content-Length: 5\r\n') + 'abcde', 1],
  ['chunks', chunked('5\r\nabcde\r\n3\r\nfgh\r\n0\r\n\r\n'), 1],
  ['chunks, upper case', chunked('A\r\nabcdefghij\r\n0\r\n\r\n'), 1],
  ['zeros before a size', chunked('0005\r\nabcde\r\n000\r\n\r\n'), 1],
  ['an extension', chunked('5;a=b;c\r\nabcde\r\n0;d\r\n\r\n'), 1],
  ['a quoted extension', chunked('5;a="b c"\r\nabcde\r\n0\r\n\r\n'), 1],
  ['a trailer', chunked('0\r\nA: b\r\n\r\n'), 1],
  ['an empty line first', '\r\n' + get(''), 1],
  ['a value in spaces', get('A: \t b\t \r\n'), 1],
  ['an empty value', get('A:\r\n'), 1],
  ['an absolute target', line('GET http://a/x?y HTTP/1.1'), 1],
  ['an absolute target without path', line('GET http://a?y HTTP/1.1'), 1],
  ['an absolute target of another host', line('GET http://b/ HTTP/1.1'), 1],
  ['the server as a whole', line('OPTIONS * HTTP/1.1'), 1],
  ['HTTP/1.0', line('GET /x HTTP/1.0', 'Connection: keep-alive\r\n'), 1],
  ['a method of one\'s own', line('MADE-UP /x HTTP/1.1'), 1],
  ['a high byte in a value', get('A: \xe6\x9d\xb1\r\n'), 1],
  ['a body that looks like a request',
   post('Content-Length: 34\r\n') + 'GET /evil HTTP/1.1\r\nHost: evil\r\n\r\n',
   1],

  // Which length?
  ['CL.TE', post('Content-Length: 6\r\nTransfer-Encoding: chunked\r\n') +
                '0\r\n\r\nG', 0],
  ['TE.CL', post('Transfer-Encoding: chunked\r\nContent-Length: 4\r\n') +
                '5c\r\nGPOST / HTTP/1.1\r\n\r\n0\r\n\r\n', 0],
  ['CL.0 and chunks', post('Content-Length: 0\r\nTransfer-Encoding: chunked\r\n') +
                          '0\r\n\r\n', 0],
  ['two lengths', post('Content-Length: 5\r\nContent-Length: 6\r\n') + 'abcdef',
   0],
  ['one length twice', post('Content-Length: 5\r\nContent-Length: 5\r\n') +
                           'abcde', 0],
  ['a list of lengths', post('Content-Length: 5, 5\r\n') + 'abcde', 0],
  ['a length with a sign', post('Content-Length: +5\r\n') + 'abcde', 0],
  ['a negative length', post('Content-Length: -5\r\n') + 'abcde', 0],
  ['a length in hex', post('Content-Length: 0x5\r\n') + 'abcde', 0],
  ['a length and a half', post('Content-Length: 5.0\r\n') + 'abcde', 0],
  ['a length with a space', post('Content-Length: 1 5\r\n') + 'abcde', 0],
  ['a length with an underscore', post('Content-Length: 1_0\r\n') + 'abcde', 0],
  ['no length', post('Content-Length:\r\n'), 0],
  ['a length too long', post('Content-Length: 18446744073709551616\r\n'), 0],
  ['a length in other digits', post('Content-Length: \xb2\r\n') + 'ab', 0],
  ['a length with a tab and more', post('Content-Length: 5\t,6\r\n') + 'abcde', 0],
  ['a length that another name hides', post('Content_Length: 5\r\n'), 0],
  ['a length behind a space', post('Content-Length : 5\r\n') + 'abcde', 0],
  ['a length behind a tab', post('Content-Length\t: 5\r\n') + 'abcde', 0],
  ['a length on a folded line', post('A: b\r\n Content-Length: 5\r\n'), 0],
  ['a folded length', post('Content-Length:\r\n 5\r\n') + 'abcde', 0],
  ['a length behind a bare CR', post('A: b\rContent-Length: 5\r\n'), 0],
  ['a length behind a bare LF', post('A: b\nContent-Length: 5\r\n') + 'abcde', 0],
  ['a length behind NUL', post('A: b\0Content-Length: 5\r\n'), 0],

  // Which coding?
  ...['xchunked', 'chunked, identity', 'identity, chunked', 'chunked, chunked',
      'gzip, chunked', 'identity', '"chunked"', 'chunked;q=1', '\x0bchunked',
      'chunked\x0b', 'chun\0ked', 'chunked,', ', chunked', '', 'chunk',
      'chunked chunked', 'ch\xfcnked', 'chunked\x85']
      .map(coding => [`coding ${JSON.stringify(coding)}`,
                      post(`Transfer-Encoding: ${coding}\r\n`) + '0\r\n\r\n', 0]),
  ['a coding in upper case', post('TRANSFER-ENCODING: CHUNKED\r\n') + '0\r\n\r\n',
   1],
  ['a coding behind a tab', post('Transfer-Encoding:\tchunked\r\n') + '0\r\n\r\n', 0],
  ['a coding before a tab', post('Transfer-Encoding: chunked\t\r\n') + '0\r\n\r\n', 0],
  ['two codings', chunked('0\r\n\r\n', 'Transfer-Encoding: chunked\r\n'), 0],
  ['a second coding', chunked('0\r\n\r\n', 'Transfer-Encoding: identity\r\n'), 0],
  ['a coding behind a space', post('Transfer-Encoding : chunked\r\n') +
                                  '0\r\n\r\n', 0],
  ['a folded coding', post('Transfer-Encoding:\r\n chunked\r\n') + '0\r\n\r\n', 0],
  ['a coding that another name hides', post('Transfer_Encoding: chunked\r\n'), 0],
  ['a coding behind a bare CR', post('A: b\rTransfer-Encoding: chunked\r\n'), 0],
  ['a coding behind a bare LF',
   post('A: b\nTransfer-Encoding: chunked\r\n') + '0\r\n\r\n', 0],
  ['a coding of HTTP/1.0',
   line('POST /x HTTP/1.0', host + 'Transfer-Encoding: chunked\r\n') +
       '0\r\n\r\n', 0],

  // Sizes of chunks.
  ...['', ' 5', '5 ', '5\t', '+5', '-5', '0x5', '5h', '5,', '5_', '5\0', 'g',
      '\xb2', '10000000000000005', 'fffffffffffffffff', '5;a\0', '5;a=b\nc',
      '5;\r', '5;a=b c', '5;"a"=b', '5\r', '5 ;a', '5; a', '5;a =b',
      '5;a="b\x7f"']
      .map(size => [`size ${JSON.stringify(size)}`,
                    chunked(`${size}\r\nabcde\r\n0\r\n\r\n`), 0]),
  ['a size with a bare LF', chunked('5\nabcde\r\n0\r\n\r\n'), 0],
  ['a chunk with a bare LF', chunked('5\r\nabcde\n0\r\n\r\n'), 0],
  ['a chunk with a bare CR', chunked('5\r\nabcde\r0\r\n\r\n'), 0],
  ['a chunk that is too long', chunked('5\r\nabcdef\r\n0\r\n\r\n'), 0],
  ['a chunk that is too short', chunked('5\r\nabcd\r\n0\r\n\r\n'), 0],
  ['a last chunk with a bare LF', chunked('0\n\n'), 0],
  ['a last chunk with half an end', chunked('0\r\n\n'), 0],
  ['a trailer with a bare LF', chunked('0\r\nA: b\n\r\n'), 0],
  ['a trailer without a colon', chunked('0\r\nA\r\n\r\n'), 0],
  ['a trailer behind a space', chunked('0\r\nA : b\r\n\r\n'), 0],
  ['a folded trailer', chunked('0\r\nA: b\r\n c\r\n\r\n'), 1],
  ['an extension that has no end', chunked('5;a="\r\n' + 'x'.repeat(17_000)), 0],
  ['a long extension', chunked(`5;${'e'.repeat(300)}\r\nabcde\r\n0\r\n\r\n`), 0],

  // Whose host, which target?
  ['no host', line('GET /x HTTP/1.1', ''), 0],
  ['two hosts', get(host), 0],
  ['two other hosts', get('Host: b\r\n'), 0],
  ['a host behind a space', line('GET /x HTTP/1.1', 'Host : a\r\n'), 0],
  ['a host with a path', line('GET /x HTTP/1.1', 'Host: a/b\r\n'), 0],
  ['a host with somebody', line('GET /x HTTP/1.1', 'Host: b@a\r\n'), 0],
  ['a list of hosts', line('GET /x HTTP/1.1', 'Host: a, b\r\n'), 0],
  ['a folded host', line('GET /x HTTP/1.1', 'Host:\r\n a\r\n'), 0],
  ['a target with somebody', line('GET http://b@a/ HTTP/1.1'), 0],
  ['a target without host', line('GET http:///x HTTP/1.1'), 0],
  ['a target with TLS', line('GET https://a/ HTTP/1.1'), 0],
  ['a target with another scheme', line('GET ftp://a/ HTTP/1.1'), 0],
  ['a target without slash', line('GET x HTTP/1.1'), 0],
  ['a star', line('GET * HTTP/1.1'), 0],
  ['a tunnel', line('CONNECT a:80 HTTP/1.1'), 0],
  ['a fragment', line('GET /x#y HTTP/1.1'), 0],
  ['a target with a space', line('GET /x y HTTP/1.1'), 0],
  ['a target with a tab', line('GET /x\ty HTTP/1.1'), 0],
  ['a target with NUL', line('GET /x\0 HTTP/1.1'), 0],
  ['a target with high bytes', line('GET /\xe6\x9d\xb1 HTTP/1.1'), 0],

  // First lines and lines in general.
  ['two spaces', line('GET  /x HTTP/1.1'), 0],
  ['a tab', line('GET\t/x HTTP/1.1'), 0],
  ['a space at the end', line('GET /x HTTP/1.1 '), 0],
  ['a space first', line(' GET /x HTTP/1.1'), 0],
  ['no version', line('GET /x'), 0],
  ['a version in lower case', line('GET /x http/1.1'), 0],
  ['another version', line('GET /x HTTP/1.2'), 0],
  ['a version with zeros', line('GET /x HTTP/01.1'), 0],
  ['a version of one number', line('GET /x HTTP/1'), 0],
  ['a version of three', line('GET /x HTTP/1.1.1'), 0],
  ['a preface', line('PRI * HTTP/2.0', ''), 0],
  ['a method with a control', line('G\x01T /x HTTP/1.1'), 0],
  ['a method with a colon', line('G:T /x HTTP/1.1'), 0],
  ['bare LFs', 'GET /x HTTP/1.1\nHost: a\n\n', 0],
  ['a bare LF at the end', `GET /x HTTP/1.1\r\n${host}\n`, 0],
  ['bare CRs', 'GET /x HTTP/1.1\rHost: a\r\r', 0],
  ['a CR too many', `GET /x HTTP/1.1\r\r\n${host}\r\n`, 0],
  ['a bare CR in a value', get('A: b\rc\r\n'), 0],
  ['a bare CR at the end of a line', get('A: b\r\r\n'), 0],
  ['a folded line', get('A: b\r\n c\r\n'), 0],
  ['a folded first line', `GET /x HTTP/1.1\r\n ${host}\r\n`, 0],
  ['a line without a colon', get('A\r\n'), 0],
  ['a line without a name', get(': b\r\n'), 0],
  ['a name with a space', get('A B: c\r\n'), 0],
  ['a name with a bracket', get('A(: b\r\n'), 0],
  ['a name with high bytes', get('\xe6\x9d\xb1: b\r\n'), 0],
  ['a name with NUL', get('A\0: b\r\n'), 0],
  ['a value with NUL', get('A: \0\r\n'), 0],
  ['a value with DEL', get('A: \x7f\r\n'), 0],
  ['a value with a vertical tab', get('A: b\x0bc\r\n'), 0],
  ['nothing but space', '   \r\n\r\n', 0],
];

// mulberry32: the same seed makes the same cases.
function random(seed) {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

export function* generated(count, seed) {
  const next = random(seed);
  const below = n => Math.floor(next() * n);
  const pick = list => list[below(list.length)];
  // The first is what is right, and comes nine times out of ten.
  const mostly = list => (below(10) < 9 ? list[0] : pick(list));
  const eol = () => (below(40) ? '\r\n' : pick(['\n', '\r', '\r\r\n', '\n\r', '']));

  const lengthLine = body =>
      pick(['Content-Length', 'content-length', 'CONTENT-LENGTH']) +
      mostly([':', ' :', '\t:', '\0:', '']) + mostly([' ', '', '\t', '\x0b', '\r\n ']) +
      mostly([String(body.length), `0${body.length}`, `+${body.length}`,
              `${body.length},${body.length}`, `${body.length} `, '0', '3',
              `0x${body.length.toString(16)}`, `${body.length}\x0c`, '']);
  const codingLine = () =>
      pick(['Transfer-Encoding', 'transfer-encoding', 'TRANSFER-ENCODING']) +
      mostly([':', ' :', '\x0b:', '\r\n:', '']) + mostly([' ', '', '\t', '\r\n ', '\x0c']) +
      mostly(['chunked', 'Chunked', 'chunked ', 'xchunked', 'chunked,', 'identity',
              'gzip, chunked', 'chunked, chunked', 'chunked\x0b', '']);
  const otherLine = () => pick([
    'A: b', 'A:b', 'A:', 'A : b', ' A: b', 'A: b\r\n c', 'A\xe9: b', 'A_B: c', 'A',
    'Connection: keep-alive', 'Connection: close', 'Expect: 100-continue',
    'Connection: Transfer-Encoding', 'TE: trailers', 'Trailer: A', 'Upgrade: h2c',
    'X: \x01', 'X: \xff', 'Host: b', 'Keep-Alive: 5', 'A: b:c', 'Cookie: a=b; c',
  ]);
  const chunk = part => {
    const size = part.length.toString(16);
    return mostly([size, `0${size}`, size.toUpperCase(), `${size};a`, `${size};a=b`,
                   `${size};a="b"`, `${size} ;a`, `${size}; a=b`, `${size} `, ` ${size}`,
                   `+${size}`, `0x${size}`, `${size}\t`, `${size};`, `${size};;`,
                   `${size};a=`, `${size};a="\\""`]) +
        eol() + part + eol();
  };
  const request = () => {
    const part = () => 'abcdefghijklmnopqrstuvwxyz'.slice(0, 1 + below(20));
    const kind = below(4);
    const plain = kind === 1 ? part() : '';
    const lines = [mostly(['Host: a', 'host:a', 'Host: a:80', 'Host:', 'Host : a',
                           'Host: a b', 'X: y'])];
    if (kind === 1) lines.push(lengthLine(plain));
    if (kind === 2) lines.push(codingLine());
    if (kind === 3 && below(3) === 0) lines.push(codingLine(), lengthLine('abc'));
    for (let n = below(3); n > 0; --n) lines.splice(below(lines.length + 1), 0, otherLine());
    let out = mostly(['POST', 'GET', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'HEAD', 'get',
                      'MADE-UP', 'P\tST', '']) +
        mostly([' ', '  ', '\t', '']) +
        mostly(['/x', '/', '/x?a=b', '/%2F', '//a/b', 'http://a/x', 'http://a', 'HTTP://a?b',
                '*', 'x', '/x\xe9', '/x y', '/x\x7f', 'http://a@b/', '/x#y', '/x"y', '/{x}|^`']) +
        mostly([' ', '  ', '\t', '']) +
        mostly(['HTTP/1.1', 'HTTP/1.0', 'HTTP/1.2', 'HTTP/2.0', 'http/1.1', 'HTTP/1.1 ',
                'HTTP/1,1', 'HTTP/11']) +
        eol();
    for (const one of lines) out += one + eol();
    out += eol() + plain;
    if (kind >= 2 && (kind === 2 || below(2))) {
      for (let n = below(3); n > 0; --n) out += chunk(part());
      out += mostly(['0', '00', '0;a', '0 ', '']) + eol() +
          mostly(['', 'A: b\r\n', 'A : b\r\n', 'A\r\n', 'Content-Length: 3\r\n']) + eol();
    }
    return out;
  };

  const bytes = ['\r', '\n', '\r\n', '\t', ' ', ':', ';', ',', '0', '\0', '\x0b', '\x7f',
                 '\x80', '\xff', '\r\n ', '\r\n\r\n'];
  for (let i = 0; i < count; ++i) {
    let text = request();
    if (below(3) === 0) text += request();
    for (let n = below(3) - 1; n > 0; --n) {
      const at = below(text.length + 1);
      text = text.slice(0, at) + (below(3) ? pick(bytes) : '') + text.slice(at + below(3));
    }
    yield [`generated ${i}`, text];
  }
}
