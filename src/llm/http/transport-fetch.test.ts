import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import { describe, expect, it, onTestFinished } from "vitest";
import { fetchByTransport } from "./transport-fetch.ts";

/** A server that says what it was asked, packed; at `/empty` nothing, at `/hang` the first of two pieces, at `/no` a refusal without end. */
async function startEcho() {
  const closed = Promise.withResolvers<void>();
  const server = createServer((req, res) => {
    let body = "";
    req.on("data", (piece: Buffer) => (body += piece.toString()));
    req.once("end", () => {
      if (req.url === "/empty") return res.writeHead(204).end();
      if (req.url === "/hang") {
        res.once("close", () => closed.resolve());
        return res.writeHead(200).write("first");
      }
      if (req.url === "/no") {
        res.writeHead(500);
        const more = (): void => {
          while (!res.closed && res.write("no, ".repeat(10_000)));
        };
        res.on("drain", more);
        return more();
      }
      const { method, url, headers } = req;
      res.writeHead(418, { "content-type": "application/json", "content-encoding": "gzip", "x-two": ["a", "b"] });
      return res.end(gzipSync(JSON.stringify({ method, url, headers, body })));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => server.close().closeAllConnections());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, closed: closed.promise };
}

describe("a fetch over the transport", () => {
  it("sends method, address, headers and body, and gives an unpacked answer", async () => {
    const { url } = await startEcho();
    const headers = new Headers({ "X-Key": "k" });
    const answer = await fetchByTransport()(new URL(`${url}/v1/m?alt=sse`), {
      method: "POST",
      body: '{"ä":1}',
      headers,
    });
    expect([answer.status, answer.ok, answer.headers.get("x-two")]).toEqual([418, false, "a, b"]);
    expect(answer.headers.get("content-encoding")).toBeNull();
    expect(await answer.json()).toMatchObject({
      method: "POST",
      url: "/v1/m?alt=sse",
      body: '{"ä":1}',
      headers: { "x-key": "k", "content-length": "8" },
    });
  });

  it("gives an answer without a body", async () => {
    const { url } = await startEcho();
    const answer = await fetchByTransport()(`${url}/empty`);
    expect([answer.status, await answer.text()]).toEqual([204, ""]);
  });

  it("lets the connection go when nobody reads on", async () => {
    const { url, closed } = await startEcho();
    const { body } = await fetchByTransport()(`${url}/hang`);
    const reader = body?.getReader();
    expect(Buffer.from((await reader?.read())?.value ?? []).toString()).toBe("first");
    await reader?.cancel();
    await closed;
  });

  it("ends a refusal that has no end", async () => {
    const { url } = await startEcho();
    expect((await (await fetchByTransport()(`${url}/no`)).text()).startsWith("no, no, ")).toBe(true);
  });

  it("rejects with the reason of an abort, and with the platform's error when there is no server", async () => {
    const { url } = await startEcho();
    const stop = new AbortController();
    const answer = await fetchByTransport()(`${url}/hang`, { signal: stop.signal });
    const reason = new Error("stopped by a test");
    stop.abort(reason);
    await expect(answer.text()).rejects.toBe(reason);
    await expect(fetchByTransport()("http://127.0.0.1:1/")).rejects.toMatchObject({ code: "ECONNREFUSED" });
  });
});
