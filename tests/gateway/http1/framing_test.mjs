// Holds what the gateway's edge takes for requests of HTTP/1 against Node's
// parser, at the same bytes: what we take Node takes too, and frames it the same
// way, but for the differences that are named here and in gateway/README.md.
//
// usage: framing_test.mjs REQUEST_ECHO
import {spawn} from 'node:child_process';
import http from 'node:http';
import net from 'node:net';
import {createInterface} from 'node:readline';

import {generated, written} from './framing_cases.mjs';

const GENERATED = 4000;
const AT_A_TIME = 32;

// Behind each case: a request after which a connection ends, wherever its parser
// stands, and enough to end whatever may be open.
const LAST = 'GET /last HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n';
const TAIL = LAST + '\r\n'.repeat(2048);

// What a request was taken for: method, target, authority, headers but for those
// that frame it, body.
const FRAMING = new Set(['connection', 'content-length', 'expect', 'host', 'keep-alive',
                         'proxy-connection', 'te', 'trailer', 'transfer-encoding', 'upgrade']);
const PRINT_LAST = 'GET\n/last\na\n\n';

function printOf(request, body) {
  const pairs = [];
  for (let i = 0; i < request.rawHeaders.length; i += 2) {
    pairs.push([request.rawHeaders[i].toLowerCase(), request.rawHeaders[i + 1]]);
  }
  let target = request.url;
  let authority = pairs.find(([name]) => name === 'host')?.[1] ?? '';
  const absolute = /^http:\/\/([^/?]*)(.*)$/is.exec(target);
  if (absolute) {
    [, authority, target] = absolute;
    if (!target) target = request.method === 'OPTIONS' ? '*' : '/';
    if (target.startsWith('?')) target = '/' + target;
  }
  return [request.method, target, authority,
          ...pairs.filter(([name]) => !FRAMING.has(name)).map(([n, v]) => `${n}: ${v}`)]
             .join('\n') + '\n\n' + body;
}

// What Node takes, by the caller's port: {prints, error}.
class NodeServer {
  #seen = new Map();
  #server = http.createServer({insecureHTTPParser: false}, (request, response) => {
    const entry = this.#seen.get(request.socket.remotePort);
    const at = entry.requests.push({request, body: ''}) - 1;
    request.setEncoding('latin1');
    request.on('data', text => { entry.requests[at].body += text; });
    request.on('error', () => {});
    request.on('end', () => response.end());
  });

  async listen() {
    this.#server.on('connection', socket => {
      const entry = {requests: [], error: null};
      entry.closed = new Promise(resolve => {
        socket.on('close', () => setImmediate(resolve));
      });
      this.#seen.set(socket.remotePort, entry);
      socket.on('error', () => {});
    });
    this.#server.on('clientError', (error, socket) => {
      const entry = this.#seen.get(socket.remotePort);
      if (entry) entry.error ??= error.code;
      // Not before what came ahead of it has been handed out.
      setImmediate(() => setImmediate(() => socket.destroy()));
    });
    await new Promise(resolve => this.#server.listen(0, '127.0.0.1', resolve));
    return this.#server.address().port;
  }

  async take(port) {
    const entry = this.#seen.get(port);
    await entry.closed;
    this.#seen.delete(port);
    return {
      prints: entry.requests.filter(({request}) => request.complete)
                  .map(({request, body}) => printOf(request, body)),
      error: entry.error,
    };
  }

  close() { this.#server.close(); }
}

const WAITS = 'and then nothing came';
// Sends bytes and reads until the other side has done; returns [port, answers].
function exchange(port, text) {
  return new Promise(resolve => {
    const socket = net.connect(port, '127.0.0.1');
    let own, got = '';
    const timer = setTimeout(() => {
      got += WAITS;
      socket.destroy();
    }, 60_000);
    socket.setEncoding('latin1');
    socket.on('connect', () => {
      own = socket.localPort;
      socket.write(Buffer.from(text, 'latin1'));
    });
    socket.on('data', part => { got += part; });
    socket.on('end', () => socket.destroy());
    socket.on('error', () => {});
    socket.on('close', () => {
      clearTimeout(timer);
      resolve([own, got]);
    });
  });
}

const HEAD = /HTTP\/1\.1 (\d{3}) [^\r]*\r\n((?:[^\r]+\r\n)*)\r\n/y;
// {prints, error}: what the gateway took, and the status with which it refused.
function readEcho(answers) {
  const prints = [];
  HEAD.lastIndex = 0;
  for (let found; (found = HEAD.exec(answers));) {
    const seen = /^x-seen: ([0-9a-f]*)\r$/m.exec(found[2]);
    if (seen) {
      prints.push(Buffer.from(seen[1], 'hex').toString('latin1'));
    } else if (found[1] !== '100') {
      return {prints, error: Number(found[1])};
    }
  }
  return {prints, error: answers.endsWith(WAITS) ? 'it waits' : null};
}

// Where we take what Node does not. The reasons stand in gateway/README.md.
const DIFFERENCES = [
  // Any token is a method; the router says which there are, Node's parser has a
  // list.
  {
    name: 'a method that Node does not know',
    holds: (mine, other) => other.error === 'HPE_INVALID_METHOD' &&
        !http.METHODS.includes(mine.prints[other.prints.length]?.split('\n')[0]) &&
        other.prints.every((print, i) => print === mine.prints[i]),
  },
  // Trailers are dropped, and what is folded ends where the lines do.
  {
    name: 'a folded trailer',
    holds: (mine, other, bytes) => other.error === 'HPE_INVALID_HEADER_TOKEN' &&
        /\r\n0[^\r]*\r\n([^\r]+\r\n)*[ \t]/.test(bytes),
  },
];

async function main() {
  const echo = spawn(process.argv[2], {stdio: ['pipe', 'pipe', 'inherit']});
  const [address] = await new Promise(resolve => {
    createInterface(echo.stdout).once('line', (...got) => resolve(got));
  });
  const ours = Number(address.split(':').pop());
  const node = new NodeServer();
  const theirs = await node.listen();

  const failures = [];
  const counts = {alike: 0, shorter: 0, refused: 0, named: {}};
  const judge = async ([name, bytes, taken]) => {
    const text = bytes + TAIL;
    const mine = readEcho((await exchange(ours, text))[1]);
    // Where we take nothing there is nothing to hold against it.
    const other = mine.prints.length === 0
        ? {prints: []}
        : await node.take((await exchange(theirs, text))[0]);
    const fail = why => failures.push(
        `${name}: ${why}\n  sent ${JSON.stringify(bytes)}\n  ours ${JSON.stringify(mine)}\n` +
        `  Node ${JSON.stringify(other)}`);
    const last = mine.prints.at(-1) === PRINT_LAST;
    if (taken !== undefined) {
      // All of it and the last one, or as many and then an end.
      const wanted = taken || 0;
      const whole = taken > 0;
      if (mine.prints.length !== wanted + (whole ? 1 : 0) || last !== whole) {
        fail(`${wanted} requests should be taken`);
      }
    }
    if (mine.error === 'it waits') fail('the connection has no end');
    if (mine.prints.every((print, i) => print === other.prints[i])) {
      ++counts[mine.prints.length === 0 ? 'refused'
               : mine.prints.length === other.prints.length ? 'alike' : 'shorter'];
      return;
    }
    const named = DIFFERENCES.find(({holds}) => holds(mine, other, bytes));
    if (!named) return fail('Node takes other requests');
    counts.named[named.name] = (counts.named[named.name] ?? 0) + 1;
  };

  const cases = [...written, ...generated(GENERATED, 12)].values();
  await Promise.all(Array.from({length: AT_A_TIME}, async () => {
    for (const one of cases) await judge(one);
  }));
  console.log(JSON.stringify(counts));
  if (counts.alike < GENERATED / 4) failures.push('too few cases say anything');
  for (const {name} of DIFFERENCES) {
    if (!counts.named[name]) failures.push(`no case shows the difference '${name}'`);
  }
  node.close();
  echo.stdin.end();
  const code = await new Promise(resolve => echo.on('exit', resolve));
  if (code !== 0) failures.push(`the echo ended with ${code}`);
  for (const text of failures.slice(0, 30)) console.log(text);
  console.log(`${failures.length} failures`);
  process.exitCode = failures.length ? 1 : 0;
}

await main();
