/** One event of a stream. */
export interface StreamEvent {
  id: string;
  event: string;
  data: string;
}

/**
 * Reads a text/event-stream as it comes. EventSource can't carry a Bearer token,
 * so the stream is fetched and read here.
 */
export async function* readEvents(body: ReadableStream<Uint8Array>): AsyncGenerator<StreamEvent> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let rest = "";
  let event: StreamEvent = { id: "", event: "message", data: "" };
  let any = false;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      rest += done ? decoder.decode() : decoder.decode(value, { stream: true });
      const lines = rest.split(/\r\n|\n|\r/);
      rest = lines.pop() ?? "";
      for (const line of lines) {
        if (line === "") {
          if (any) yield event;
          event = { id: event.id, event: "message", data: "" };
          any = false;
          continue;
        }
        const colon = line.indexOf(":");
        if (colon === 0) continue;
        const name = colon < 0 ? line : line.slice(0, colon);
        const text = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
        if (name === "data") {
          event.data += any ? `\n${text}` : text;
          any = true;
        } else if (name === "id") event.id = text;
        else if (name === "event") event.event = text;
      }
      if (done) return;
    }
  } finally {
    reader.cancel().catch(() => undefined); // it has ended, or nobody listens any more
  }
}
