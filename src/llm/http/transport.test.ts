import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { createServer, type RequestListener } from "node:http";
import { once } from "node:events";
import { createServer as createTcpServer, type AddressInfo, type Socket } from "node:net";

import { brotliCompressSync, createGzip, deflateSync, gzipSync } from "node:zlib";
import { describe, expect, it, onTestFinished } from "vitest";

import { sleep, TimeoutError } from "../../retry/index.ts";
import { proxyFor } from "./agents.ts";
import { networkError } from "./network-error.ts";
import { readAll } from "./read-all.ts";
import { createTransport } from "./transport.ts";

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, "127.0.0.1");
  onTestFinished(() => server.close().closeAllConnections());
  await once(server, "listening");
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe("createTransport", () => {
  it("sends method, path below the base, body and password", async () => {
    const url = await serve((req, res) => {
      req.pipe(res.writeHead(202, { "x-got": `${req.method} ${req.url} ${req.headers.authorization}` }));
    });
    const transport = createTransport(`${url.replace("//", "//me:secret@")}/ollama`);
    const answer = await transport({ method: "POST", path: "/api/chat", body: "猫" });
    expect([answer.status, answer.headers["x-got"], await readAll(answer)]).toEqual([
      202,
      `POST /ollama/api/chat Basic ${btoa("me:secret")}`,
      "猫",
    ]);
  });

  it("uses a connection again, also when nobody read the answer to its end", async () => {
    const sockets: Socket[] = [];
    const onSocket = (message: unknown): void => void sockets.push((message as { readonly socket: Socket }).socket);
    subscribe("net.client.socket", onSocket);
    onTestFinished(() => void unsubscribe("net.client.socket", onSocket));
    const url = await serve((_req, res) => {
      res.write("one\n");
      setTimeout(() => res.end("two\n"), 10);
    });
    const transport = createTransport(url);
    for (let i = 0; i < 3; i += 1) {
      const { body } = await transport({ method: "GET", path: "/" });
      const [socket] = sockets;
      // What Node says of a connection that its agent may use again.
      const isFree = new Promise((resolve) => socket?.once("free", resolve));
      for await (const _chunk of body) break;
      await isFree;
    }
    expect(sockets).toHaveLength(1);
  });

  it("gives up when the answer does not begin in time, and not when it is only slow to go on", async () => {
    const url = await serve((req, res) => {
      setTimeout(() => res.write("first "), req.url === "/late" ? 2000 : 0);
      setTimeout(() => res.end("second"), 600);
    });
    const transport = createTransport(url, { firstByteMs: 300, idleMs: 5000 });
    await expect(transport({ method: "GET", path: "/late" })).rejects.toThrow(
      new TimeoutError("No answer started within 0.3 s"),
    );
    expect(await readAll(await transport({ method: "GET", path: "/slow" }))).toBe("first second");
  });

  it("gives up on an answer that stops in the middle", async () => {
    const url = await serve((_req, res) => void res.write("first"));
    const transport = createTransport(url, { idleMs: 60 });
    const answer = await transport({ method: "GET", path: "/" });
    await expect(readAll(answer)).rejects.toThrow(new TimeoutError("Nothing more arrived within 0.06 s"));
  });

  it("takes an answer that keeps coming for longer than any limit", async () => {
    const url = await serve((_req, res) => {
      let left = 24;
      const timer = setInterval(() => (left-- > 0 ? res.write(".") : (clearInterval(timer), res.end())), 150);
    });
    // Twenty times as long as what is between two parts: a busy machine keeps them waiting.
    const transport = createTransport(url, { firstByteMs: 3_000, idleMs: 3_000 });
    expect(await readAll(await transport({ method: "GET", path: "/" }))).toBe(".".repeat(24));
  });

  it("gives up on a connection that does not come to stand", async () => {
    // A TLS handshake that nobody answers: the TCP connection stands, the secure one never does.
    const sockets = new Set<Socket>();
    const server = createTcpServer((socket) => void sockets.add(socket)).listen(0, "127.0.0.1");
    onTestFinished(() => {
      for (const socket of sockets) socket.destroy();
      server.close();
    });
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const transport = createTransport(`https://127.0.0.1:${port}`, { connectMs: 60 });
    await expect(transport({ method: "GET", path: "/" })).rejects.toThrow("No connection was made within 0.06 s");
  });

  it("waits forever when told to", async () => {
    const url = await serve((_req, res) => void setTimeout(() => res.end("done"), 60));
    const transport = createTransport(url, { connectMs: Infinity, firstByteMs: Infinity, idleMs: Infinity });
    expect(await readAll(await transport({ method: "GET", path: "/" }))).toBe("done");
  });

  describe("a connection that was kept open", () => {
    /** Breaks each connection at its second call, as a server does that has closed it meanwhile. */
    const closing = async (breaks: (n: number) => boolean) => {
      const calls = new WeakMap<Socket, number>();
      const seen = { calls: 0 };
      const url = await serve((req, res) => {
        seen.calls += 1;
        const n = (calls.get(req.socket) ?? 0) + 1;
        calls.set(req.socket, n);
        if (breaks(n)) req.socket.resetAndDestroy();
        else res.end("done");
      });
      return { transport: createTransport(url), seen };
    };

    it("and lay idle is not used again: the server may have closed it", async () => {
      const { transport, seen } = await closing((n) => n === 2);
      for (let n = 0; n < 3; n += 1) {
        expect(await readAll(await transport({ method: "POST", path: "/", body: "?" }))).toBe("done");
        await sleep(1_500);
      }
      expect(seen.calls).toBe(3);
    });

    it("and breaks is not tried again here: the call may be what its server died of", async () => {
      const { transport, seen } = await closing((n) => n === 2);
      await readAll(await transport({ method: "POST", path: "/", body: "?" }));
      // The agent has it back a moment after the answer was read.
      await new Promise((resolve) => setImmediate(resolve));
      const again = transport({ method: "POST", path: "/", body: "?" }).then(readAll);
      await expect(again).rejects.toMatchObject({ code: "ECONNRESET" });
      expect(seen.calls).toBe(2);
    });
  });

  it("waits longer for an answer than for the next call", async () => {
    const url = await serve((_req, res) => void setTimeout(() => res.end("late"), 1_500));
    expect(await readAll(await createTransport(url)({ method: "GET", path: "/" }))).toBe("late");
  });

  it.each<readonly [string, (text: string) => Uint8Array]>([
    ["gzip", gzipSync],
    ["x-gzip", gzipSync],
    ["deflate", deflateSync],
    ["br", brotliCompressSync],
    ["identity", (text) => Buffer.from(text)],
  ])("reads an answer that is packed by %s, though nobody asked for that", async (encoding, pack) => {
    const url = await serve(
      (_req, res) => void res.writeHead(200, { "content-encoding": encoding }).end(pack("Kelp 猫.")),
    );
    expect(await readAll(await createTransport(url)({ method: "GET", path: "/" }))).toBe("Kelp 猫.");
  });

  it("gives each piece of a packed stream as it comes", async () => {
    const url = await serve((_req, res) => {
      res.writeHead(200, { "content-encoding": "gzip" });
      const pack = createGzip();
      pack.pipe(res);
      pack.write("first ");
      pack.flush();
    });
    const { body } = await createTransport(url)({ method: "GET", path: "/" });
    for await (const chunk of body) {
      expect(Buffer.from(chunk).toString()).toBe("first ");
      break;
    }
  });

  it("says that packed bytes are none", async () => {
    const url = await serve(
      (_req, res) => void res.writeHead(200, { "content-encoding": "gzip" }).end("no gzip at all"),
    );
    await expect(readAll(await createTransport(url)({ method: "GET", path: "/" }))).rejects.toThrow(
      "incorrect header check",
    );
  });

  describe("through a proxy", () => {
    const withEnvironment = (variables: Readonly<Record<string, string>>): void => {
      const before = { ...process.env };
      onTestFinished(() => {
        process.env = before;
      });
      for (const name of Object.keys(process.env)) if (/_proxy$/i.test(name)) delete process.env[name];
      Object.assign(process.env, variables);
    };

    it.each(["HTTP_PROXY", "http_proxy", "ALL_PROXY"])("that %s names", async (variable) => {
      const asked: string[] = [];
      const proxy = await serve((req, res) => {
        asked.push(`${req.method} ${req.url} ${req.headers["proxy-authorization"] ?? ""}`);
        res.end("from far away");
      });
      withEnvironment({ [variable]: proxy.replace("//", "//me:secret@") });
      const transport = createTransport("http://llm.corp.test/v1");
      expect(await readAll(await transport({ method: "POST", path: "/chat", body: "?" }))).toBe("from far away");
      expect(asked).toEqual([`POST http://llm.corp.test/v1/chat Basic ${btoa("me:secret")}`]);
    });

    it("that wants to know who we are, for an address with TLS", async () => {
      const asked: string[] = [];
      const server = createServer().on("connect", (req, socket) => {
        asked.push(String(req.url));
        socket.end("HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n");
      });
      server.listen(0, "127.0.0.1");
      onTestFinished(() => server.close().closeAllConnections());
      await once(server, "listening");
      withEnvironment({ HTTPS_PROXY: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
      const answer = await createTransport("https://llm.corp.test/v1")({ method: "GET", path: "/models" });
      expect([answer.status, asked]).toEqual([407, ["llm.corp.test:443"]]);
    });

    it("that is not there is named beside the server", async () => {
      withEnvironment({ HTTP_PROXY: "http://me:secret@127.0.0.1:9" });
      const asked = createTransport("http://llm.corp.test/v1")({ method: "GET", path: "/" });
      const error: unknown = await asked.catch((reason: unknown) => reason);
      expect(networkError(error, "http://llm.corp.test/v1").message).toBe(
        "The connection was refused (http://llm.corp.test/v1, through the proxy http://127.0.0.1:9).",
      );
    });

    it.each([
      ["no address", "http://[proxy", "something that is no address"],
      ["one of SOCKS", "socks5://me:secret@127.0.0.1:9", "socks5://127.0.0.1:9, and only http: and https: proxies"],
    ])("that is %s says so, and what to correct", async (_, proxy, message) => {
      withEnvironment({ HTTPS_PROXY: proxy });
      const asked = createTransport("https://llm.corp.test/v1")({ method: "GET", path: "/" });
      await expect(asked).rejects.toMatchObject({ kind: "missing_model", message: expect.stringContaining(message) });
      await expect(asked).rejects.toThrow("Correct HTTPS_PROXY, HTTP_PROXY or ALL_PROXY");
    });

    it.each([
      ["this machine", "http://127.0.0.1:1/v1", {}],
      ["this machine by its name", "http://localhost:11434", {}],
      ["what NO_PROXY names", "http://llm.corp.test/v1", { NO_PROXY: ".corp.test" }],
      ["an address of the other kind", "https://llm.corp.test/v1", {}],
    ])("is not how %s is reached", async (_, address, more) => {
      withEnvironment({ HTTP_PROXY: "http://127.0.0.1:9", ...more });
      expect(await proxyFor(new URL(address))).toBeUndefined();
    });
  });
});
