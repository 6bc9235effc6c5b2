import { HoldfastError } from "../../core/failure/index.ts";

/**
 * A language model of the Vercel AI SDK, as its provider packages make them: `anthropic("claude-sonnet-5")`. Only what is used
 * here, in words of our own, so that programs without those packages can be compiled.
 */
export interface AiSdkModel {
  /** The version of the SDK's specification: v2 (`ai` 5), v3 (`ai` 6) or v4 (`ai` 7). */
  readonly specificationVersion: string;
  /** Whose it is: `anthropic.messages`. */
  readonly provider: string;
  readonly modelId: string;
  /** The addresses that the provider fetches itself, by media type. */
  readonly supportedUrls: PromiseLike<AddressPatterns> | AddressPatterns;
  doStream(options: object): PromiseLike<AiSdkStreamResult>;
}

/** Patterns of addresses by media type: `image/*`. */
export type AddressPatterns = Readonly<Record<string, readonly RegExp[]>>;

/** What comes of a call. */
export interface AiSdkStreamResult {
  readonly stream: AiSdkStream;
  readonly response?: { readonly headers?: Readonly<Record<string, string>> | undefined } | undefined;
}

/** The part of a `ReadableStream` that is used. */
export interface AiSdkStream {
  getReader(): {
    read(): Promise<{ readonly done: boolean; readonly value?: unknown }>;
    cancel(reason?: unknown): Promise<void>;
  };
}

/** The versions that are spoken here. They differ in how an image is given, in how usage is told and in little else. */
const VERSIONS: ReadonlySet<unknown> = new Set(["v2", "v3", "v4"]);

/** Throws a `HoldfastError` (`usage`) for what is no model of the AI SDK, or one of another version. */
export function assertAiSdkModel(model: unknown): asserts model is AiSdkModel {
  if (typeof model === "string") {
    throw new HoldfastError(
      "usage",
      `Expected a model of a provider's package, got the name "${model}", which stands for Vercel's gateway.`,
      {
        hint: 'Give the model itself: createAiSdk(anthropic("claude-sonnet-5")), with anthropic of @ai-sdk/anthropic.',
      },
    );
  }
  const given: Readonly<Record<string, unknown>> = isObject(model) ? model : {};
  if (typeof given["doStream"] !== "function" || typeof given["modelId"] !== "string" || given["modelId"] === "") {
    throw new HoldfastError("usage", "Expected a language model of the Vercel AI SDK: this one has no `doStream`.", {
      hint: 'For example: createAiSdk(anthropic("claude-sonnet-5")), with anthropic of @ai-sdk/anthropic.',
    });
  }
  const version = given["specificationVersion"];
  if (VERSIONS.has(version)) return;
  throw new HoldfastError("usage", `Models of the AI SDK's specification ${String(version)} are not known here.`, {
    hint: "Install versions of its packages that belong to `ai` 5, 6 or 7.",
  });
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  (typeof value === "object" || typeof value === "function") && value !== null;
