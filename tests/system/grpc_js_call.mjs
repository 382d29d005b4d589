// One unary call with @grpc/grpc-js, which shares no code with ours. Prints the
// answer as JSON, or the name of its code on stderr.
//
// usage: grpc_js_call.mjs NPM DESCRIPTORS ADDRESS CA_FILE TOKEN_FILE METHOD JSON
import {readFileSync} from 'node:fs';
import {createRequire} from 'node:module';

const [npm, descriptors, address, ca, token, method, request] =
    process.argv.slice(2);
const require = createRequire(`${npm}/package.json`);
const grpc = require('@grpc/grpc-js');
const loader = require('@grpc/proto-loader');

const contract = grpc.loadPackageDefinition(
    loader.loadFileDescriptorSetFromBuffer(
        readFileSync(descriptors), {longs: String, enums: String}));
const [service, name] = method.split('/');
const Client = service.split('.').reduce((at, part) => at[part], contract);
const client =
    new Client(address, grpc.credentials.createSsl(readFileSync(ca)));
const metadata = new grpc.Metadata();
if (token) {
  metadata.set(
      'authorization', `Bearer ${readFileSync(token, 'utf8').trim()}`);
}
client[name](
    JSON.parse(request), metadata, {deadline: Date.now() + 30000},
    (error, answer) => {
      if (error) {
        console.error(grpc.status[error.code]);
        process.exitCode = 1;
      } else {
        console.log(JSON.stringify(answer));
      }
      client.close();
    });
