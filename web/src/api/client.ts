import { useAuth } from "@/stores/auth";
import { refresh } from "./session";

/** An answer that is not what was asked for, in the words of the API. */
export class ApiError extends Error {
  constructor(
    message: string,
    readonly status: number,
    readonly code: string,
    readonly errors: Record<string, string[]> = {},
    readonly taskId?: string,
    readonly requestId?: string,
  ) {
    super(message);
    this.name = "ApiError";
  }
}

const unreachable = () => new ApiError("The service can't be reached. Nothing was changed. Check the network and try again.", 0, "unreachable");

/** fetch as the one who is signed in. A token that ran out is renewed, once. */
export async function authorized(request: Request): Promise<Response> {
  const { token, expires } = useAuth.getState();
  if (token && expires < Date.now() + 5_000) await refresh();
  const again = request.clone();
  const res = await send(request);
  if (res.status !== 401 || !(await refresh())) return res;
  return send(again);
}

async function send(request: Request): Promise<Response> {
  const { token } = useAuth.getState();
  if (token) request.headers.set("Authorization", `Bearer ${token}`);
  try {
    return await fetch(request);
  } catch (e) {
    if (e instanceof DOMException && e.name === "AbortError") throw e;
    throw unreachable();
  }
}

/** Throws what the answer says is wrong. */
export async function failure(res: Response): Promise<ApiError> {
  const body = (await res.json().catch(() => null)) as { message?: string; code?: string; errors?: Record<string, string[]>; task_id?: string; request_id?: string } | null;
  return new ApiError(
    body?.message ?? `The service answered ${res.status}. Try again in a moment.`,
    res.status,
    body?.code ?? "",
    body?.errors ?? {},
    body?.task_id,
    body?.request_id ?? res.headers.get("X-Request-Id") ?? undefined,
  );
}

export type Query = Record<string, string | number | boolean | null | undefined>;
interface Options {
  query?: Query;
  body?: unknown;
  form?: FormData;
  headers?: Record<string, string>;
  signal?: AbortSignal;
}

/** An address of ours. What is empty is left out of it. */
export function urlOf(path: string, query: Query = {}): URL {
  const url = new URL(path, location.origin);
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== null && value !== "") url.searchParams.set(name, String(value));
  }
  return url;
}

/** Asks the API at a path that configuration names. What is wrapped comes unwrapped. */
export async function call<T>(method: string, path: string, o: Options = {}): Promise<T> {
  const url = urlOf(path, o.query);
  const headers = new Headers(o.headers);
  if (o.body !== undefined) headers.set("Content-Type", "application/json");
  const init: RequestInit = { method, headers };
  if (o.form) init.body = o.form;
  else if (o.body !== undefined) init.body = JSON.stringify(o.body);
  if (o.signal) init.signal = o.signal;
  const res = await authorized(new Request(url, init));
  if (!res.ok) throw await failure(res);
  const body = (await res.json()) as { success?: boolean; data?: T };
  return (body.success === true ? body.data : body) as T;
}

/** Fills {name} of a path or an address from values. */
export function fill(template: string, values: Record<string, unknown>): string {
  return template.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = values[name];
    return value === null || value === undefined ? "" : /^https?:|^\//.test(String(value)) ? String(value) : encodeURIComponent(String(value));
  });
}
