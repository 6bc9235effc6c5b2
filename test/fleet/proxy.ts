import { connect, createServer, type Socket } from "node:net";
import { freePort } from "./servers.ts";

/** A wire between a process and a database that can be cut without either of them being told. */
export interface Wire extends AsyncDisposable {
  readonly port: number;
  /** Lets nothing through any more, and closes nothing; connections that are made meanwhile stay mute as well. */
  cut(): void;
  /** Lets through what was held up. */
  mend(): void;
}

export async function openWire(to: { readonly port: number }): Promise<Wire> {
  const sockets = new Set<Socket>();
  let isCut = false;
  const server = createServer((near) => {
    const far = connect(to.port, "127.0.0.1");
    for (const [from, into] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from);
      from.on("data", (bytes) => void into.write(bytes));
      from.on("error", () => into.destroy());
      from.on("close", () => {
        sockets.delete(from);
        into.destroy();
      });
      if (isCut) from.pause();
    }
  });
  const port = await freePort();
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  return {
    port,
    cut() {
      isCut = true;
      for (const socket of sockets) socket.pause();
    },
    mend() {
      isCut = false;
      for (const socket of sockets) socket.resume();
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
