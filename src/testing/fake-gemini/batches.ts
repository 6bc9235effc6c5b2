import { z } from "zod";
import { complaintsOf } from "../fake-server/complaint.ts";
import { invalid, refusal, type GeminiError, type Refusal } from "./error.ts";
import type { Files } from "./files.ts";
import { pageOf } from "./page.ts";

type Json = Readonly<Record<string, unknown>>;

/** What became of one request of a batch. */
export type BatchResult = { readonly response: Json } | { readonly error: Partial<GeminiError> };

/** What batches need of the server. */
export interface BatchWorld {
  readonly files: Files;
  /** How often a look at a batch says that it is pending or running before it has ended. */
  readonly looks: number;
  /** Works on one request. */
  readonly work: (model: string, key: string, request: unknown) => BatchResult;
}

interface Item {
  readonly key: string;
  readonly request: unknown;
}

interface Batch {
  readonly name: string;
  readonly model: string;
  readonly displayName: string;
  readonly createdMs: number;
  readonly items: readonly Item[];
  readonly isFile: boolean;
  looksLeft: number;
  state: "PENDING" | "RUNNING" | "SUCCEEDED" | "CANCELLED";
  results: readonly (BatchResult & { readonly key: string })[];
  output: Json | undefined;
}

const FORM = z.strictObject({
  batch: z.strictObject({
    displayName: z.string(),
    model: z.string().optional(),
    priority: z.unknown().optional(),
    webhookConfig: z.unknown().optional(),
    inputConfig: z.strictObject({
      fileName: z.string().optional(),
      requests: z
        .strictObject({
          requests: z.array(
            z.strictObject({
              request: z.looseObject({}),
              metadata: z.looseObject({ key: z.string().optional() }).optional(),
            }),
          ),
        })
        .optional(),
    }),
  }),
});

/** A refusal or JSON. */
export type BatchReply = Refusal | { readonly json: Json };

/** The batches of a server: what is answered to each request about them. */
export function createBatches({ files, looks, work }: BatchWorld): {
  create(model: string, body: unknown): BatchReply;
  list(query: URLSearchParams): BatchReply;
  get(name: string): BatchReply;
  cancel(name: string): BatchReply;
  remove(name: string): BatchReply;
} {
  const batches = new Map<string, Batch>();

  const end = (batch: Batch): void => {
    // Half of them were done when the batch was cancelled.
    const done = batch.state === "CANCELLED" ? Math.floor(batch.items.length / 2) : batch.items.length;
    const results = batch.items.map(({ key, request }, i) => ({
      key,
      ...(i < done ? work(batch.model, key, request) : { error: { code: 1, message: "The operation was cancelled." } }),
    }));
    batch.results = results;
    batch.output = batch.isFile
      ? // A file has its lines in the order in which they were done.
        {
          responsesFile: files.write(
            results
              .toReversed()
              .map((result) => `${JSON.stringify(result)}\n`)
              .join(""),
          ),
        }
      : {
          inlinedResponses: {
            inlinedResponses: results.map(({ key, ...result }) => ({ ...result, metadata: { key } })),
          },
        };
  };
  const withBatch = (name: string, reply: (batch: Batch) => BatchReply): BatchReply => {
    const batch = batches.get(name);
    return batch ? reply(batch) : refusal(404, "NOT_FOUND", "Requested entity was not found.");
  };

  return {
    create(model, body) {
      const [complaint] = complaintsOf(FORM, body);
      if (complaint) return invalid(`Invalid value at '${complaint.path.join(".")}'`);
      const { displayName, inputConfig } = (body as z.infer<typeof FORM>).batch;
      const items = inputConfig.fileName
        ? itemsOf(files.read(inputConfig.fileName))
        : (inputConfig.requests?.requests ?? []).map(({ request, metadata }, i) => ({
            key: metadata?.key ?? String(i),
            request,
          }));
      if ("does" in items) return items;
      if (items.length === 0) return invalid("Request contains an invalid argument.");
      const name = `batches/fake${String(batches.size + 1).padStart(4, "0")}`;
      const batch: Batch = {
        name,
        model,
        displayName,
        createdMs: Date.now(),
        items,
        isFile: inputConfig.fileName !== undefined,
        looksLeft: looks,
        state: "PENDING",
        results: [],
        output: undefined,
      };
      batches.set(name, batch);
      return { json: shown(batch) };
    },
    // The newest first. A list is no look: a batch does not end by it.
    list(query) {
      const { items, nextPageToken } = pageOf([...batches.values()].toReversed().map(shown), query);
      return { json: { ...(items.length > 0 && { operations: items }), ...(nextPageToken && { nextPageToken }) } };
    },
    get: (name) =>
      withBatch(name, (batch) => {
        if (batch.output === undefined && batch.looksLeft <= 0) {
          if (batch.state !== "CANCELLED") batch.state = "SUCCEEDED";
          end(batch);
        } else if (batch.state === "PENDING") batch.state = "RUNNING";
        batch.looksLeft -= 1;
        return { json: shown(batch) };
      }),
    cancel: (name) =>
      withBatch(name, (batch) => {
        if (batch.output === undefined) batch.state = "CANCELLED";
        batch.looksLeft = 0;
        return { json: {} };
      }),
    remove: (name) =>
      withBatch(name, () => {
        batches.delete(name);
        return { json: {} };
      }),
  };
}

/** Lines of `{ key, request }`. */
function itemsOf(text: string | Refusal): readonly Item[] | Refusal {
  if (typeof text !== "string") return text;
  try {
    return text
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line) as Item);
  } catch {
    return invalid("Request contains an invalid argument.");
  }
}

/** A batch as a long-running operation; numbers are strings, as Google's JSON has them. */
function shown({ name, model, displayName, createdMs, items, results, state, output }: Batch): Json {
  const time = new Date(createdMs).toISOString();
  const failed = results.filter((result) => "error" in result).length;
  const counts = {
    requestCount: items.length,
    successfulRequestCount: results.length - failed,
    failedRequestCount: failed,
    pendingRequestCount: items.length - results.length,
  };
  const batchStats = Object.fromEntries(
    Object.entries(counts).flatMap(([count, value]) => (value > 0 ? [[count, String(value)]] : [])),
  );
  const isDone = output !== undefined;
  return {
    name,
    metadata: {
      "@type": "type.googleapis.com/google.ai.generativelanguage.v1main.GenerateContentBatch",
      model: `models/${model}`,
      displayName,
      state: `BATCH_STATE_${state}`,
      createTime: time,
      updateTime: time,
      batchStats,
      name,
      ...(isDone && { endTime: time, output }),
    },
    ...(isDone && { done: true }),
    ...(isDone &&
      state === "SUCCEEDED" && {
        response: {
          "@type": "type.googleapis.com/google.ai.generativelanguage.v1main.GenerateContentBatchOutput",
          ...output,
        },
      }),
    ...(state === "CANCELLED" && isDone && { error: { code: 1, message: "The operation was cancelled." } }),
  };
}
