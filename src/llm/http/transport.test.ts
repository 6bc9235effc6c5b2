import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { createServer, type RequestListener } from "node:http";
import { once } from "node:events";
import { createServer as createTcpServer, type AddressInfo, type Socket } from "node:net";

import { describe, expect, it, onTestFinished } from "vitest";

import { TimeoutError } from "../../retry/index.ts";
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
});
