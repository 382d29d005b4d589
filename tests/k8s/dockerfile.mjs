// What dockerfile-utils, which editors use, says of Dockerfiles, and their
// instructions one by one.
//
// usage: node dockerfile.mjs NPM_FOLDER FILE...
// stdout is a list, for each file {findings: [{line, text}], instructions:
// [{line, keyword, text}]}, lines from 1; `text` without continuations. Exits with
// 0 whatever it found, with 1 if it could not look.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const [npm, ...files] = process.argv.slice(2);
const require = createRequire(join(npm, 'package.json'));
const { validate } = require('dockerfile-utils');
// The parser under it, of the version that it was made with.
const { DockerfileParser } = createRequire(require.resolve('dockerfile-utils'))('dockerfile-ast');

const looked = files.map((file) => {
  const content = readFileSync(file, 'utf8');
  return {
    findings: validate(content).map(({ range, message }) => ({ line: range.start.line + 1, text: message })),
    instructions: DockerfileParser.parse(content).getInstructions().map((instruction) => ({
      line: instruction.getRange().start.line + 1,
      keyword: instruction.getKeyword(),
      // Flags too, which are no arguments.
      text: instruction.getTextContent().replace(/^\S+/, '').replace(/\\\s*\n(\s*#.*\n)*/g, ' ').trim(),
    })),
  };
});
process.stdout.write(JSON.stringify(looked));
