import { complaintsOf } from "../fake-server/complaint.ts";
import { pageOf } from "../fake-server/page.ts";
import { z } from "zod";
import { invalid, refusal, type Refusal } from "./error.ts";

type Json = Readonly<Record<string, unknown>>;

/** What became of one request of a batch. */
export type BatchResult =
  | { readonly type: "succeeded"; readonly message: Json }
  | { readonly type: "errored"; readonly error: Json }
  | { readonly type: "canceled" }
  | { readonly type: "expired" };

/** What batches need of the server. */
export interface BatchWorld {
  readonly url: string;
  /** How often a look at a batch says `in_progress` before it has ended. */
  readonly looks: number;
  /** Works on one request. */
  readonly work: (customId: string, params: unknown) => BatchResult;
}

interface Batch {
  readonly id: string;
  readonly createdMs: number;
  readonly requests: readonly { readonly custom_id: string; readonly params: unknown }[];
  looksLeft: number;
  cancelledMs: number | undefined;
  endedMs: number | undefined;
  results: readonly { readonly custom_id: string; readonly result: BatchResult }[];
}

const FORM = z.strictObject({
  requests: z.array(
    z.strictObject({ custom_id: z.string().regex(/^[a-zA-Z0-9_-]{1,64}$/), params: z.looseObject({}) }),
  ),
});

/** A refusal, JSON, or lines of JSON. */
export type BatchReply = Refusal | { readonly json: Json } | { readonly lines: readonly Json[] };

/** The batches of a server: what is answered to each request about them. */
export function createBatches({ url, looks, work }: BatchWorld): {
  create(body: unknown): BatchReply;
  list(query: URLSearchParams): BatchReply;
  get(id: string): BatchReply;
  results(id: string): BatchReply;
  cancel(id: string): BatchReply;
  remove(id: string): BatchReply;
} {
  const batches = new Map<string, Batch>();

  const end = (batch: Batch): void => {
    // Half of them were being worked on when the batch was cancelled, and cannot be stopped.
    const begun = batch.cancelledMs === undefined ? batch.requests.length : Math.floor(batch.requests.length / 2);
    const results = batch.requests.map(({ custom_id, params }, i) => ({
      custom_id,
      result: i < begun ? work(custom_id, params) : ({ type: "canceled" } as const),
    }));
    batch.results = results.toReversed();
    batch.endedMs = Date.now();
  };
  const withBatch = (id: string, reply: (batch: Batch) => BatchReply): BatchReply => {
    const batch = batches.get(id);
    // Words of our own: the type and the status are those of the page on errors.
    return batch ? reply(batch) : refusal(404, "not_found_error", `Message batch ${id} not found.`);
  };
  const shown = (batch: Batch): Json & { readonly id: string } => ({
    id: batch.id,
    type: "message_batch",
    processing_status: batch.endedMs ? "ended" : batch.cancelledMs ? "canceling" : "in_progress",
    request_counts: countsOf(batch),
    ended_at: time(batch.endedMs),
    created_at: time(batch.createdMs),
    expires_at: time(batch.createdMs + 24 * 3_600_000),
    archived_at: null,
    cancel_initiated_at: time(batch.cancelledMs),
    results_url: batch.endedMs ? `${url}/messages/batches/${batch.id}/results` : null,
  });

  return {
    create(body) {
      const [complaint] = complaintsOf(FORM, body);
      if (complaint) return invalid(`${complaint.path.join(".")}: ${WORDS[complaint.about]}`);
      const { requests } = body as { requests: Batch["requests"] };
      if (requests.length === 0) return invalid("requests: List should have at least 1 item after validation, not 0");
      const ids = new Set(requests.map(({ custom_id }) => custom_id));
      if (ids.size < requests.length) return invalid("requests: custom_id must be unique within a batch");
      const id = `msgbatch_fake${String(batches.size + 1).padStart(4, "0")}`;
      const batch: Batch = {
        id,
        createdMs: Date.now(),
        requests,
        looksLeft: looks,
        cancelledMs: undefined,
        endedMs: undefined,
        results: [],
      };
      batches.set(id, batch);
      return { json: shown(batch) };
    },
    // The newest first. A list is no look: a batch does not end by it.
    list: (query) => ({ json: { ...pageOf([...batches.values()].toReversed().map(shown), query) } }),
    get: (id) =>
      withBatch(id, (batch) => {
        if (batch.endedMs === undefined && batch.looksLeft <= 0) end(batch);
        batch.looksLeft -= 1;
        return { json: shown(batch) };
      }),
    results: (id) =>
      withBatch(id, (batch) =>
        batch.endedMs === undefined
          ? refusal(404, "not_found_error", `Message batch ${id} has no available results.`)
          : { lines: batch.results },
      ),
    cancel: (id) =>
      withBatch(id, (batch) => {
        if (batch.endedMs !== undefined) return invalid(`Message batch ${id} has already ended.`);
        batch.cancelledMs ??= Date.now();
        batch.looksLeft = Math.min(batch.looksLeft, 1);
        return { json: shown(batch) };
      }),
    remove: (id) =>
      withBatch(id, (batch) => {
        if (batch.endedMs === undefined) return invalid(`Message batch ${id} must be ended or canceled first.`);
        batches.delete(id);
        return { json: { id, type: "message_batch_deleted" } };
      }),
  };
}

const WORDS = {
  missing: "Field required",
  unknown: "Extra inputs are not permitted",
  type: "Input has a wrong type",
  value: "String should match pattern '^[a-zA-Z0-9_-]{1,64}$'",
  small: "Too few",
  large: "Too many",
} as const;

/** Counts are told when all is over: until then each is `processing`. */
function countsOf({ requests, results, endedMs }: Batch): Json {
  const count = (type: BatchResult["type"]): number => results.filter(({ result }) => result.type === type).length;
  return {
    processing: endedMs === undefined ? requests.length : 0,
    succeeded: count("succeeded"),
    errored: count("errored"),
    canceled: count("canceled"),
    expired: count("expired"),
  };
}

const time = (ms: number | undefined): string | null => (ms === undefined ? null : new Date(ms).toISOString());
