"use strict";
// The start page: what stands here already is filled in from the API. Without a
// script the links lead to the same answers.
(() => {
  const byId = (id) => document.getElementById(id);

  // An element with a text, which is never taken for markup.
  const element = (name, text, attributes = {}) => {
    const made = document.createElement(name);
    if (text !== undefined) made.textContent = text;
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    return made;
  };

  const getJson = async (path) => {
    const reply = await fetch(path, { headers: { "Accept-Language": document.documentElement.lang } });
    if (!reply.ok) throw reply;
    return reply.json();
  };

  // What a person reads where an answer did not come.
  const sayWhy = (place, failure) => {
    const denied = failure instanceof Response && (failure.status === 401 || failure.status === 403);
    place.textContent = document.body.dataset[denied ? "denied" : "failed"];
  };

  const showHealth = async () => {
    const place = byId("health");
    try {
      const reply = await fetch("/healthz");
      place.textContent = place.dataset[reply.ok ? "serving" : "stopping"];
    } catch (failure) {
      sayWhy(place, failure);
    }
  };

  const showReports = async () => {
    const place = byId("reports");
    try {
      const page = await getJson("/v1/reports?pageSize=100");
      place.textContent = page.reports.length === 0 ? place.dataset.none : "";
      const list = element("ul");
      for (const report of page.reports) {
        const item = element("li");
        item.append(element("span", report.displayName || report.name), " ");
        if (report.synthetic) item.append(element("strong", place.dataset.synthetic), " ");
        for (const file of report.files) {
          item.append(element("a", file.format.toUpperCase(), {
            href: `/v1/${report.name}:download?format=${encodeURIComponent(file.format)}`,
          }), " ");
        }
        list.append(item);
      }
      if (page.reports.length > 0) place.append(list);
    } catch (failure) {
      sayWhy(place, failure);
    }
  };

  // --- roster ---

  const state = (entry, words) => {
    if (entry.implementing === "IMPLEMENTING_YES") return entry.newcomer ? words.newcomer : words.yes;
    if (entry.preparation === "PREPARATION_YES") return words.preparing;
    if (entry.implementing === "IMPLEMENTING_ENDED") return words.ended;
    return entry.implementing === "IMPLEMENTING_NO" ? words.no : words.unknown;
  };

  const showRoster = async (place, name) => {
    try {
      const roster = await getJson(`/v1/${name}`);
      const words = byId("rosters").dataset;
      const table = element("table");
      table.append(element("caption", words.counts
        .replace("{size}", roster.entries.length)
        .replace("{yes}", roster.implementingCount)
        .replace("{newcomer}", roster.newcomerCount)
        .replace("{preparing}", roster.preparingCount)));
      const head = element("tr");
      for (const key of ["municipality", "council", "state"]) {
        head.append(element("th", words[key], { scope: "col" }));
      }
      const body = element("tbody");
      for (const entry of roster.entries) {
        const row = element("tr");
        row.append(element("th", entry.displayName, { scope: "row" }),
                   element("td", entry.councilDisplayName), element("td", state(entry, words)));
        body.append(row);
      }
      const top = element("thead");
      top.append(head);
      table.append(top, body);
      place.replaceChildren(table);
    } catch (failure) {
      sayWhy(place, failure);
    }
  };

  const showRosters = async () => {
    const place = byId("rosters");
    try {
      const programs = (await getJson("/v1/programs?pageSize=10")).programs;
      place.textContent = programs.length === 0 ? place.dataset.none : "";
      for (const program of programs) {
        const timeline = await getJson(`/v1/${program.name}/timeline`);
        place.append(element("h3", document.documentElement.lang === "ja"
          ? program.displayName : program.displayNameEn || program.displayName));
        if (timeline.years.length === 0) {
          place.append(element("p", place.dataset.none));
          continue;
        }
        const label = element("label", place.dataset.year, { for: "roster-year" });
        const years = element("select", undefined, { id: "roster-year" });
        for (const { fiscalYear } of [...timeline.years].reverse()) {
          years.append(element("option", place.dataset.yearName
            .replace("{year}", fiscalYear).replace("{reiwa}", fiscalYear - 2018), { value: fiscalYear }));
        }
        const table = element("div", undefined, {
          class: "wide", tabindex: "0", role: "region", "aria-label": program.displayName,
        });
        const show = () => showRoster(table, `${program.name}/rosters/${years.value}`);
        years.addEventListener("change", show);
        const line = element("p");
        line.append(label, years);
        place.append(line, table);
        await show();
        break;  // one table on the page; the API has all
      }
    } catch (failure) {
      sayWhy(place, failure);
    }
  };

  // --- try-out ---

  const operation = byId("try-operation");
  const fields = byId("try-fields");

  const showFields = () => {
    const chosen = operation.selectedOptions[0];
    const values = JSON.parse(chosen.dataset.example);
    fields.replaceChildren();
    const add = (id, name, value) => {
      const line = element("p");
      line.append(element("label", name, { for: id }),
                  element("input", undefined, { id, name, value, autocomplete: "off", spellcheck: "false" }));
      fields.append(line);
    };
    for (const [, name] of chosen.value.matchAll(/\{(\w+)\}/g)) {
      add(`try-${name}`, name, values.path[name] ?? "");
    }
    add("try-query", document.body.dataset.query, values.query);
  };

  const ask = async () => {
    const query = byId("try-query").value.trim().replace(/^\?/, "");
    const path = operation.value.replace(/\{(\w+)\}/g,
      (_, name) => encodeURIComponent(byId(`try-${name}`).value.trim()));
    const target = path + (query ? `?${query}` : "");
    const headers = { "Accept-Language": document.documentElement.lang };
    const token = byId("try-token").value.trim();
    if (token) headers.Authorization = `Bearer ${token}`;
    byId("try-line").textContent = `GET ${target}`;
    const status = byId("try-status");
    const body = byId("try-body");
    status.textContent = document.body.dataset.waiting;
    try {
      const reply = await fetch(target, { headers });
      status.textContent = `HTTP ${reply.status}`;
      const type = reply.headers.get("content-type") ?? "";
      if (/json/.test(type)) {
        body.textContent = JSON.stringify(await reply.json(), null, 2);
      } else {
        const bytes = (await reply.blob()).size;
        body.textContent = document.body.dataset.file.replace("{type}", type).replace("{bytes}", bytes);
      }
    } catch (failure) {
      status.textContent = document.body.dataset.failed;
      body.textContent = "";
    }
    byId("try-answer").hidden = false;
  };

  operation.addEventListener("change", showFields);
  byId("try").addEventListener("submit", (event) => {
    event.preventDefault();
    ask();
  });
  byId("try").hidden = false;
  showFields();
  showHealth();
  showReports();
  showRosters();
})();
