import { once } from "node:events";
import type { Server } from "node:http";

/** A server's listener: it can be closed and opened again on the same port. */
export interface Listener {
  readonly port: number;
  /** Stops listening and breaks every connection. */
  goDown(): Promise<void>;
  /** Listens again, on the same port. */
  comeBack(): Promise<void>;
  /** Goes down now and comes back by itself. */
  sufferOutage(outageMs: number): Promise<void>;
  close(): Promise<void>;
}

/** Makes a server listen on 127.0.0.1; port 0 takes a free one. */
export async function listenOn(server: Server, wantedPort: number): Promise<Listener> {
  await listen(server, wantedPort);
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : wantedPort;
  let comingBack: NodeJS.Timeout | undefined;

  const goDown = async (): Promise<void> => {
    if (!server.listening) return;
    const closed = once(server, "close");
    server.close();
    server.closeAllConnections();
    await closed;
  };
  const comeBack = async (): Promise<void> => {
    clearTimeout(comingBack);
    if (!server.listening) await listen(server, port);
  };
  return {
    port,
    goDown,
    comeBack,
    async sufferOutage(outageMs) {
      comingBack = setTimeout(() => void comeBack(), outageMs);
      await goDown();
    },
    async close() {
      clearTimeout(comingBack);
      await goDown();
    },
  };
}

async function listen(server: Server, port: number): Promise<void> {
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
}
