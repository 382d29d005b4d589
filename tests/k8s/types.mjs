// Holds objects against the published types of Kubernetes and of the operators
// that the tree uses: their schemas for values, their declarations for names.
//
// usage: node types.mjs NPM_FOLDER OBJECTS.json SCRATCH_FOLDER
// OBJECTS.json is a list; stdout is a list of {index, key, text}. Exits with 0
// whatever it found, with 1 if it could not look.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const [npm, list, scratch] = process.argv.slice(2);
const require = createRequire(join(npm, 'package.json'));
const objects = JSON.parse(readFileSync(list, 'utf8'));
const packages = {
  'cert-manager.io': '@kubernetes-models/cert-manager/cert-manager.io',
  'monitoring.coreos.com': '@kubernetes-models/prometheus-operator/monitoring.coreos.com',
  'postgresql.cnpg.io': '@kubernetes-models/cloudnative-pg/postgresql.cnpg.io',
};
const modelOf = ({ apiVersion = '', kind }) => {
  const [group, version] = apiVersion.includes('/') ? apiVersion.split('/') : ['', apiVersion];
  const folder = packages[group];
  return `${folder ? `${folder}/${version}` : `kubernetes-models/${apiVersion}`}/${kind}`;
};

const findings = [];
let source = '';
const owners = []; // line of the source -> index
objects.forEach((object, index) => {
  let Model;
  try {
    Model = require(modelOf(object))[object.kind];
  } catch {
    findings.push({ index, key: 'apiVersion', text: `no such type: ${object.apiVersion} ${object.kind}` });
    return;
  }
  try {
    new Model(object).validate();
  } catch (error) {
    const path = String(error.message).match(/data[/.]([\w/.[\]-]+)/)?.[1] ?? '';
    const key = path.split(/[/.]/).filter((step) => !/^\d+$/.test(step)).pop() ?? '';
    findings.push({ index, key, text: String(error.message).replace(/\s+/g, ' ').slice(0, 300) });
  }
  const text =
    `import type { I${object.kind} as T${index} } from '${modelOf(object)}';\n` +
    `export const o${index}: T${index} = ${JSON.stringify(object, null, 1)};\n`;
  for (let line = 1; line < text.split('\n').length; line++) owners.push(index);
  source += text;
});

writeFileSync(join(scratch, 'objects.ts'), source);
symlinkSync(join(npm, 'node_modules'), join(scratch, 'node_modules'));
writeFileSync(join(scratch, 'package.json'), '{"type": "module"}');
writeFileSync(join(scratch, 'tsconfig.json'), JSON.stringify({
  compilerOptions: {
    noEmit: true, strict: true, skipLibCheck: true, types: [],
    module: 'nodenext', moduleResolution: 'nodenext',
  },
  files: ['objects.ts'],
}));
const lines = source.split('\n');
let said = '';
try {
  execFileSync(process.execPath, [require.resolve('typescript/bin/tsc'), '--pretty', 'false'],
    { cwd: scratch, encoding: 'utf8' });
} catch (error) {
  said = `${error.stdout ?? ''}${error.stderr ?? ''}`;
  if (!said.trim()) throw error;
}
for (const line of said.split('\n')) {
  const found = line.match(/^objects\.ts\((\d+),\d+\): error TS\d+: (.*)$/);
  if (found) {
    const number = Number(found[1]) - 1;
    const named = found[2].match(/and '"?([\w.\/-]+)"?' does not exist/) ?? lines[number].match(/"([^"]+)":/);
    findings.push({ index: owners[number], key: named?.[1] ?? '', text: found[2] });
  } else if (/^error|^\S+\(\d+,\d+\): error/.test(line)) {
    throw new Error(line); // the types themselves, or the compiler
  }
}
process.stdout.write(JSON.stringify(findings));
