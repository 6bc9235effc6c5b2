import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { join } from "node:path";

/** The outside that the facts meet. Its addresses are on this machine only. */
export interface Deps extends AsyncDisposable {
  /** Where a browser finds the page that tries the facts. */
  readonly pageUrl: string;
  /** Nobody answers here. */
  readonly refusedUrl: string;
  /** An answer from here promises more than comes before the connection breaks. */
  readonly brokenUrl: string;
}

/** Opens a server for the facts, the files that they import and a broken answer. */
export async function openDeps(): Promise<Deps> {
  const server = createServer((request, response) => {
    const path = request.url ?? "/";
    if (path === "/broken") {
      response.writeHead(200, { "content-length": "100" }).write("the beginning");
      setTimeout(() => response.destroy(), 20);
      return;
    }
    const type = TYPES[path.slice(path.lastIndexOf("."))];
    // Only what is published and the facts themselves, so that a path cannot lead anywhere else.
    if (type === undefined || !/^\/(dist\/retry|test\/runtimes)\/[\w/-]+\.\w+$/.test(path)) {
      response.writeHead(404).end();
      return;
    }
    readFile(join(ROOT, path)).then(
      (file) => response.writeHead(200, { "content-type": type }).end(file),
      () => response.writeHead(404).end(),
    );
  });
  const origin = await listen(server);
  return {
    pageUrl: `${origin}/test/runtimes/page.html`,
    refusedUrl: await closedPort(),
    brokenUrl: `${origin}/broken`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await close(server);
    },
  };
}

const ROOT = join(import.meta.dirname, "../..");
const TYPES: Readonly<Record<string, string>> = { ".js": "text/javascript", ".html": "text/html; charset=utf-8" };

/** A port that was free a moment ago. */
async function closedPort(): Promise<string> {
  const server = createServer();
  const origin = await listen(server);
  await close(server);
  return `${origin}/`;
}

async function listen(server: Server): Promise<string> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new Error("Expected the server to have a port");
  return `http://127.0.0.1:${address.port}`;
}

async function close(server: Server): Promise<void> {
  server.close();
  await once(server, "close");
}
