// Shows the description of the API. Everything in it becomes text, never HTML.
"use strict";

const element = (name, text, ...children) => {
  const e = document.createElement(name);
  if (text) e.textContent = text;
  e.append(...children);
  return e;
};

// resolved is a schema with the names in it replaced by what they stand for, as
// deep as one reads.
function resolved(document, schema, depth) {
  if (!schema || typeof schema !== "object") return schema;
  if (schema.$ref) {
    const name = schema.$ref.split("/").pop();
    if (depth <= 0) return name;
    return resolved(document, document.components.schemas[name], depth - 1);
  }
  const out = {};
  for (const [key, value] of Object.entries(schema)) {
    if (key === "properties") {
      out.properties = Object.fromEntries(Object.entries(value).map(([n, s]) => [n, resolved(document, s, depth)]));
    } else if (key === "items") {
      out.items = resolved(document, value, depth);
    } else {
      out[key] = value;
    }
  }
  return out;
}

function shown(document, content) {
  const [type, media] = Object.entries(content ?? {})[0] ?? [];
  if (!type) return [];
  return [element("p", type), element("pre", JSON.stringify(resolved(document, media.schema, 3), null, 2))];
}

function parameters(operation) {
  const table = element("table");
  for (const p of operation.parameters ?? []) {
    const allowed = p.schema?.enum ? `one of ${p.schema.enum.join(", ")}` : [p.schema?.type, p.schema?.format].flat().filter(Boolean).join(", ");
    table.append(element("tr", "", element("td", "", element("code", p.name)), element("td", `in ${p.in}`), element("td", allowed), element("td", p.description ?? "")));
  }
  return table.rows.length ? [element("h3", "Parameters"), table] : [];
}

function route(document, path, method, operation) {
  const open = element("details", "", element("summary", "", element("b", method.toUpperCase()), element("code", path), element("span", operation.summary ?? "")));
  open.dataset.words = `${method} ${path} ${operation.summary} ${operation.operationId}`.toLowerCase();
  open.addEventListener("toggle", () => {
    if (open.dataset.filled) return;
    open.dataset.filled = "yes";
    open.append(element("p", `${operation.operationId} · ${operation.security ? "needs a bearer token" : "open to anyone"}`), ...parameters(operation));
    if (operation.requestBody) open.append(element("h3", "Body"), ...shown(document, operation.requestBody.content));
    for (const [status, response] of Object.entries(operation.responses ?? {})) {
      open.append(element("h3", `${status} ${response.description ?? ""}`));
      if (status.startsWith("2")) open.append(...shown(document, response.content));
    }
  }, { passive: true });
  return open;
}

async function load() {
  const routes = document.getElementById("routes");
  const answer = await fetch("/api/v1/openapi.json");
  if (!answer.ok) throw new Error(`The description can't be read: ${answer.status}`);
  const description = await answer.json();
  const groups = new Map();
  for (const [path, methods] of Object.entries(description.paths)) {
    for (const [method, operation] of Object.entries(methods)) {
      const tag = operation.tags?.[0] ?? "system";
      if (!groups.has(tag)) groups.set(tag, element("section", "", element("h2", tag)));
      groups.get(tag).append(route(description, path, method, operation));
    }
  }
  routes.replaceChildren(...groups.values());
  document.getElementById("find").addEventListener("input", (event) => {
    const words = event.target.value.toLowerCase().split(/\s+/);
    for (const open of routes.querySelectorAll("details")) open.hidden = !words.every((w) => open.dataset.words.includes(w));
  });
}

load().catch((error) => document.getElementById("routes").replaceChildren(element("p", error.message)));
