import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { until } from "../until.ts";

/** The version that is spoken to. Its words stand in the fault table. */
const VERSION = "1.108.7";

/** Installed once a machine, outside of the project. */
const VENV = join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "holdfast-tests", `litellm-${VERSION}`);

/** Installs it when it is not there, which takes a minute. Throws with what Python says when that is not possible. */
function installLiteLlm(): string {
  const done = join(VENV, "done");
  if (!existsSync(done)) {
    mkdirSync(VENV, { recursive: true });
    must("python3", ["-m", "venv", VENV]);
    must(join(VENV, "bin/pip"), ["install", "--quiet", `litellm[proxy]==${VERSION}`]);
    writeFileSync(done, VERSION);
  }
  return join(VENV, "bin/litellm");
}

function must(command: string, args: readonly string[]): void {
  const { status, stderr, error } = spawnSync(command, args, { encoding: "utf8" });
  if (status !== 0) throw new Error(`${command} ${args.join(" ")}: ${error?.message ?? stderr}`);
}

/** A model of the proxy, and where its calls go. */
export interface ProxiedModel {
  readonly name: string;
  /** LiteLLM's `litellm_params`. */
  readonly params: Readonly<Record<string, unknown>>;
}

export interface LiteLlmProxy extends AsyncDisposable {
  /** With `/v1`. */
  readonly url: string;
}

/** Starts LiteLLM's proxy on this machine. It tries nothing again by itself, and takes no model out. */
export async function startLiteLlm(models: readonly ProxiedModel[], masterKey: string): Promise<LiteLlmProxy> {
  const command = installLiteLlm();
  const folder = mkdtempSync(join(tmpdir(), "holdfast-litellm-"));
  const config = join(folder, "config.json");
  const port = await freePort();
  writeFileSync(
    config,
    JSON.stringify({
      model_list: models.map(({ name, params }) => ({ model_name: name, litellm_params: params })),
      general_settings: { master_key: masterKey },
      litellm_settings: { num_retries: 0, request_timeout: 20, telemetry: false },
      router_settings: { num_retries: 0, disable_cooldowns: true },
    }),
  );
  const child = spawn(command, ["--config", config, "--host", "127.0.0.1", "--port", String(port)], {
    cwd: folder,
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, NO_PROXY: "127.0.0.1", LITELLM_LOG: "ERROR", LITELLM_LOCAL_MODEL_COST_MAP: "True" },
  });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (said += chunk.toString()));
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const isUp = async (): Promise<boolean> => {
    if (child.exitCode !== null) throw new Error(`LiteLLM's proxy ended: ${said.slice(-2_000)}`);
    return fetch(`http://127.0.0.1:${port}/health/liveliness`).then(
      ({ ok }) => ok,
      () => false,
    );
  };
  await until(isUp);
  return {
    url: `http://127.0.0.1:${port}/v1`,
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await ended;
    },
  };
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
