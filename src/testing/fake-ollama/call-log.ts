import type { CallBody, CallPath, EmbedBody } from "./wire.ts";

/** One request for text, as the server saw it. */
export interface Call {
  /** 1 for the first call. */
  readonly number: number;
  readonly path: CallPath;
  /** What was asked, as it was sent. */
  readonly body: CallBody;
  /** Milliseconds since 1970 when the request had arrived whole. */
  readonly atMs: number;
  /** Calls in flight when this one started, itself included. */
  readonly inFlight: number;
  /** The context it asked for; `undefined` when it left the choice to the server. */
  readonly numCtx: number | undefined;
  /** Tokens of the prompt that were silently dropped, which happens unless both `truncate` and `shift` are refused. */
  readonly tokensCut: number;
  /** `open` while it is in flight; `broken_off` when the connection was gone before the answer was. */
  readonly outcome: "open" | "ended" | "broken_off";
}

/** Counts calls. Requests that only load or unload the model are no calls: they are kept apart, in `loads`. */
export interface CallLog {
  /** All calls that ask for an answer, in the order in which they came. */
  readonly calls: readonly Call[];
  /** Requests that only load the model: they have no prompt. */
  readonly loads: readonly CallBody[];
  /** Requests for vectors, as they were sent. */
  readonly embeds: readonly EmbedBody[];
  /** Calls that are being answered now. */
  readonly inFlight: number;
  /** The most calls there were at once. */
  readonly maxInFlight: number;
  /** How often each path was asked, the paths of `calls` and `loads` included. */
  readonly countsByPath: Readonly<Record<string, number>>;
}

/** A {@link CallLog} and what the server needs to write it. */
export interface CallLogWriter extends CallLog {
  countPath(path: string): void;
  addLoad(body: CallBody): void;
  /** Counts a request for vectors, and gives its number. */
  addEmbed(body: EmbedBody): number;
  /** Opens a call and counts it as in flight until it ends. */
  open(path: CallPath, body: CallBody): OpenCall;
}

/** A call in flight, to be ended once. */
export interface OpenCall {
  readonly number: number;
  cut(tokens: number): void;
  end(outcome: "ended" | "broken_off"): void;
}

export function createCallLog(onCall: (call: Call) => void): CallLogWriter {
  const calls: Call[] = [];
  const loads: CallBody[] = [];
  const embeds: EmbedBody[] = [];
  const countsByPath: Record<string, number> = {};
  let inFlight = 0;
  let maxInFlight = 0;

  return {
    calls,
    loads,
    embeds,
    countsByPath,
    get inFlight() {
      return inFlight;
    },
    get maxInFlight() {
      return maxInFlight;
    },
    countPath(path) {
      countsByPath[path] = (countsByPath[path] ?? 0) + 1;
    },
    addLoad(body) {
      loads.push(body);
    },
    addEmbed: (body) => embeds.push(body),
    open(path, body) {
      inFlight += 1;
      maxInFlight = Math.max(maxInFlight, inFlight);
      const index = calls.length;
      const call: Call = {
        number: index + 1,
        path,
        body,
        atMs: Date.now(),
        inFlight,
        numCtx: body.options?.num_ctx,
        tokensCut: 0,
        outcome: "open",
      };
      calls.push(call);
      onCall(call);
      const change = (changes: Partial<Call>): void => {
        calls[index] = { ...(calls[index] ?? call), ...changes };
      };
      return {
        number: call.number,
        cut: (tokens) => change({ tokensCut: tokens }),
        end: (outcome) => {
          inFlight -= 1;
          change({ outcome });
        },
      };
    },
  };
}
