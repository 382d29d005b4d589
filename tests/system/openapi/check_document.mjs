// Reads /openapi.json with two programs that are not ours: swagger-parser says
// whether it is an OpenAPI document, Ajv whether answers are what it says.
//
// usage: node check_document.mjs NPM_DIR DOCUMENT ANSWERS
//   ANSWERS: [{"id", "pointer" (to a schema in the document), "answer"}]
// Prints what is wrong; exit 1 where anything is.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const [npm, documentFile, answersFile] = process.argv.slice(2);
const require = createRequire(`${npm}/package.json`);
const SwaggerParser = require("@apidevtools/swagger-parser");
const Ajv = require("ajv/dist/2020.js").default;
const addFormats = require("ajv-formats").default;

const text = readFileSync(documentFile, "utf-8");
const problems = [];
try {
  await SwaggerParser.validate(JSON.parse(text));
} catch (error) {
  problems.push(`swagger-parser: ${error.message}`);
}

// An answer may hold more than a client knows. Here it may not: what the
// document leaves out is a fault of the document.
function close(schema) {
  if (Array.isArray(schema)) return schema.forEach(close);
  if (schema === null || typeof schema !== "object") return;
  Object.values(schema).forEach(close);
  if (schema.type === "object" && schema.properties && !("additionalProperties" in schema)) {
    schema.additionalProperties = false;
  }
}
const document = JSON.parse(text);
close(document.components.schemas);

const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: true });
addFormats(ajv);
for (const [format, type] of [["int32", "number"], ["uint32", "number"], ["int64", "string"],
                              ["uint64", "string"], ["binary", "string"]]) {
  ajv.addFormat(format, { type, validate: () => true });
}
ajv.addSchema({ ...document, $id: "https://openapi.test/" });
const validators = new Map();
for (const { id, pointer, answer } of JSON.parse(readFileSync(answersFile, "utf-8"))) {
  if (!validators.has(pointer)) {
    validators.set(pointer, ajv.compile({ $ref: `https://openapi.test/${pointer}` }));
  }
  const validate = validators.get(pointer);
  if (!validate(answer)) {
    problems.push(`${id}: ${ajv.errorsText(validate.errors.slice(0, 5))}`);
  }
}
if (validators.size === 0) problems.push("no answer was looked at");
problems.forEach((problem) => console.log(problem));
process.exit(problems.length === 0 ? 0 : 1);
