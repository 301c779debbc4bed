import openapi from "../../../api/openapi.json";
import { vi } from "vitest";

/** What the tests know of the API is its own description: a path that is not in it is not answered. */
type Schema = { $ref?: string; type?: string | string[]; properties?: Record<string, Schema>; items?: Schema; enum?: unknown[]; format?: string; required?: string[]; additionalProperties?: unknown };
interface Operation {
  parameters?: { name: string; in: string; schema: Schema; description?: string }[];
  responses: Record<string, { content?: Record<string, { schema: Schema }> }>;
}
export const paths = openapi.paths as unknown as Record<string, Record<string, Operation>>;
const schemas = openapi.components.schemas as unknown as Record<string, Schema>;

const id = "01a206a4-c939-736f-b44d-6b2fe34c524f";

/** A value as the schema says, with words where there is a choice. */
export function sample(schema: Schema, name = "", depth = 0): unknown {
  if (schema.$ref) return sample(schemas[schema.$ref.split("/").at(-1)!]!, name, depth + 1);
  if (schema.enum) return schema.enum[0];
  const type = Array.isArray(schema.type) ? schema.type.find((t) => t !== "null") : schema.type;
  if (type === "object" || schema.properties) return Object.fromEntries(Object.entries(schema.properties ?? {}).map(([k, v]) => [k, depth > 8 ? null : sample(v, k, depth + 1)]));
  if (type === "array") return depth > 6 ? [] : [sample(schema.items ?? {}, name, depth + 1)];
  if (type === "integer" || type === "number") return 7;
  if (type === "boolean") return false;
  if (schema.format === "date-time") return "2026-11-23T04:23:12Z";
  if (name === "id" || name.endsWith("_id")) return id;
  if (name === "status") return "running";
  if (name === "phase" || name === "step") return "AI_CALL";
  if (name === "image_url") return `/api/v1/system/files/${"a".repeat(64)}`;
  if (name === "html_content") return "<h2>A heading</h2><p>Words of an article.</p>";
  if (name === "outline") return ["A heading"];
  if (name === "url" || name === "link") return "/automation/runs/x";
  return `Some ${name}`;
}

export interface Asked {
  method: string;
  path: string;
  query: URLSearchParams;
  body: unknown;
  headers: Headers;
}
type Answer = { status?: number; body: unknown } | undefined;

function operationOf(method: string, path: string): Operation | undefined {
  const at = path.split("/");
  for (const [template, item] of Object.entries(paths)) {
    const parts = template.split("/");
    if (parts.length === at.length && parts.every((p, i) => p.startsWith("{") || p === at[i])) {
      const op = item[method.toLowerCase()];
      if (op) return op;
    }
  }
  return undefined;
}

export const me = { id, email: "owner@example.com", name: "The owner", role: "owner", account: id, account_name: "Trailhead", suspended: false, impersonating: false, powers: ["read", "write", "manage", "bill"], all_sites: true, sites: [] };
export const session = { access_token: "token-1", expires_at: new Date(Date.now() + 900_000).toISOString(), user: me };

/**
 * Answers what the page asks, at the HTTP boundary: by the handler if it has an
 * answer, else with a sample of what the API's description promises.
 */
export function serve(handler: (asked: Asked) => Answer | Promise<Answer> = () => undefined) {
  const asked: Asked[] = [];
  const unknown: string[] = [];
  vi.stubGlobal("fetch", async (input: RequestInfo | URL, init?: RequestInit) => {
    const request = input instanceof Request ? input : new Request(new URL(String(input), location.origin), init);
    const url = new URL(request.url);
    const text = await request.clone().text();
    const a: Asked = { method: request.method, path: url.pathname, query: url.searchParams, headers: request.headers, body: text.startsWith("{") ? JSON.parse(text) : text };
    asked.push(a);
    const own = await handler(a);
    if (own) return json(own.status ?? 200, own.body);
    if (a.path === "/api/v1/auth/refresh/") return json(200, { success: true, data: session });
    const op = operationOf(a.method, a.path);
    const [status, answer] = Object.entries(op?.responses ?? {}).find(([s]) => s.startsWith("2")) ?? [];
    const content = Object.entries(answer?.content ?? {})[0];
    if (!op || !content) {
      unknown.push(`${a.method} ${a.path}`);
      return json(404, { success: false, message: "There is nothing at this address.", code: "not_found", errors: {} });
    }
    if (content[0] === "text/event-stream") return new Response(new ReadableStream({ start: (c) => c.close() }), { status: 200 });
    if (content[0] !== "application/json") return new Response(new Blob(["x"]), { status: 200 });
    const body = sample(content[1].schema) as Record<string, unknown>;
    if ("results" in body && "next" in body) Object.assign(body, { next: null, previous: null, count: 1 });
    return json(Number(status), body);
  });
  return { asked, unknown };
}

const json = (status: number, body: unknown) => new Response(JSON.stringify(body), { status, headers: { "Content-Type": "application/json" } });
