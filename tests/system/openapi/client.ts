// Another system's client: types generated of /openapi.json by
// openapi-typescript, calls by openapi-fetch. Reads one resource, a list over
// pages and an answer with a failure, and writes. Prints what it got as JSON.
//
// usage: node client.js http://ADDRESS
import createClient from "openapi-fetch";
import type { components, paths } from "./openapi.js";

declare const process: { argv: string[] };

const client = createClient<paths>({ baseUrl: process.argv[2] });

type Municipality = components["schemas"]["welfare.registry.v1.Municipality"];

// A failure has a reason, whatever call it is of.
function reasonOf(error: components["schemas"]["Error"]): string {
  for (const detail of error.error.details) {
    if (detail["@type"] === "type.googleapis.com/google.rpc.ErrorInfo") return detail.reason;
  }
  throw new Error("a failure without a reason");
}

function known<T>(answer: { data?: T; error?: unknown }): T {
  if (answer.data === undefined) throw new Error(JSON.stringify(answer.error));
  return answer.data;
}

// --- a read
const chiyoda: Municipality = known(await client.GET("/v1/municipalities/{municipality}", {
  params: { path: { municipality: "131016" } },
}));

// --- a list over pages
const codes: string[] = [];
let pages = 0;
let pageToken = "";
do {
  const page = known(await client.GET("/v1/municipalities", {
    params: { query: { pageSize: 20, pageToken, fiscalYear: 2025 } },
  }));
  codes.push(...page.municipalities.map((municipality) => municipality.code));
  pageToken = page.nextPageToken;
  ++pages;
} while (pageToken !== "");

// --- a failure
const failed = await client.GET("/v1/municipalities/{municipality}", {
  params: { path: { municipality: "131017" } },
});
if (failed.error === undefined) throw new Error("131017 has a wrong check digit");
const reason = reasonOf(failed.error as components["schemas"]["Error"]);

// --- a write, and the same again: it is answered as the first time
const write = () => client.POST("/v1/programs/{program}/statusRecords", {
  params: { path: { program: "jusou" }, query: { requestId: "0e1b0e4c-6f0b-4b43-9d7e-6a2f2f2a0001" } },
  body: {
    municipality: chiyoda.name,
    fiscalYear: 2026,
    implementing: "IMPLEMENTING_YES",
    preparation: "PREPARATION_NO",
    note: "架空の記録",
  },
});
const recorded = known(await write());
const repeated = known(await write());

// --- a change with a mask made of what is given
const renamed = known(await client.PATCH("/v1/municipalities/{municipality}", {
  params: { path: { municipality: "131016" }, query: { reason: "架空の訂正", requestId: "0e1b0e4c-6f0b-4b43-9d7e-6a2f2f2a0002" } },
  body: { displayNameEn: "Chiyoda City", etag: chiyoda.etag },
}));

// --- a file as it is, what is said of it in the query
const checked = known(await client.POST("/v1/statusRecords:batchImport", {
  params: { query: { validateOnly: true, "batch.sourceFile": "架空.csv" } },
  headers: { "Content-Type": "text/csv" },
  body: "program,municipality_code,fiscal_year,implementing,preparation,note\n" +
    "jusou,131024,2026,yes,no,架空\njusou,131025,2026,yes,no,架空\n",
  bodySerializer: (file) => file as string,
}));

console.log(JSON.stringify({
  rows: checked.counts?.rows, rejected: checked.counts?.rejected,
  sourceFile: checked.rejects[0]?.sourceFile, chiyoda: chiyoda.displayName, pages, codes, reason, recordedVersion: recorded.version,
  repeatedVersion: repeated.version, renamed: renamed.displayNameEn, kana: renamed.kana,
}));

// --- what the types refuse, so that a mistake is found before it is sent
export async function mistakes(): Promise<void> {
  // @ts-expect-error: the path needs its parameter.
  await client.GET("/v1/municipalities/{municipality}", {});
  // @ts-expect-error: there is no such parameter.
  await client.GET("/v1/municipalities", { params: { query: { pageSise: 20 } } });
  // @ts-expect-error: there is no such kind.
  await client.GET("/v1/municipalities", { params: { query: { type: "TYPE_HAMLET" } } });
  await client.POST("/v1/programs/{program}/statusRecords", {
    params: { path: { program: "jusou" } },
    // @ts-expect-error: the facts must say of whom they are.
    body: { fiscalYear: 2026 },
  });
  await client.POST("/v1/statusRecords:batchImport", {
    // @ts-expect-error: a file is text, and JSON its fields.
    body: 1,
  });
  // A version is a string: JavaScript's numbers end at 2^53.
  // @ts-expect-error
  const version: number = chiyoda.version;
  void version;
}
