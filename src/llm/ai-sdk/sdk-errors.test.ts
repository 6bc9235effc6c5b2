import {
  APICallError,
  EmptyResponseBodyError,
  InvalidArgumentError,
  LoadAPIKeyError,
  LoadSettingError,
  NoSuchModelError,
  RetryError,
  UnsupportedFunctionalityError,
} from "ai";
import { describe, expect, it } from "vitest";
import type { FailureKind } from "../../core/failure/index.ts";
import { createAiSdk, type AiSdkModel } from "./index.ts";

const coded = (code: string): Error => Object.assign(new Error(`it says ${code}`), { code });

const apiCall = (more: { readonly statusCode?: number; readonly cause?: unknown; readonly responseBody?: string }) =>
  new APICallError({ message: "Cannot connect to API", url: "https://api.test", requestBodyValues: {}, ...more });

/** A model whose package throws this, before an answer or in the middle of it. */
function throwing(error: unknown, when: "before" | "after"): AiSdkModel {
  const stream = new ReadableStream({
    start(controller) {
      controller.enqueue({ type: "text-delta", id: "1", delta: "Kelp" });
    },
    pull(controller) {
      controller.error(error);
    },
  });
  return {
    specificationVersion: "v4",
    provider: "anthropic.messages",
    modelId: "m",
    supportedUrls: {},
    async doStream() {
      if (when === "before") throw error;
      return { stream };
    },
  };
}

describe("an error of a provider's package", () => {
  it.each<readonly [string, unknown, FailureKind, string]>([
    [
      "no key",
      new LoadAPIKeyError({ message: "Anthropic API key is missing." }),
      "auth",
      "There is no key for the provider (Anthropic API key is missing). Set ANTHROPIC_API_KEY, or give its package a key.",
    ],
    ["no setting", new LoadSettingError({ message: "Region is missing" }), "missing_model", "Region is missing"],
    [
      "no such model",
      new NoSuchModelError({ modelId: "m", modelType: "languageModel" }),
      "missing_model",
      "does not know the model",
    ],
    [
      "no images",
      new UnsupportedFunctionalityError({ functionality: "images" }),
      "input",
      "cannot send what the request holds",
    ],
    [
      "a wrong option",
      new InvalidArgumentError({
        parameter: "providerOptions",
        value: {},
        message: "invalid anthropic provider options",
      }),
      "missing_model",
      "invalid anthropic provider options",
    ],
    ["an empty body", new EmptyResponseBodyError(), "transient", "not one of the provider's API"],
    ["a refusal", apiCall({ statusCode: 502, responseBody: "" }), "transient", "HTTP 502"],
    [
      "its own retries at their end",
      new RetryError({
        message: "Failed",
        reason: "maxRetriesExceeded",
        errors: [coded("x"), apiCall({ statusCode: 401 })],
      }),
      "auth",
      "The server refuses our key",
    ],
    ["no server", apiCall({ cause: coded("ECONNREFUSED") }), "transient", "The connection was refused (anthropic)."],
    ["no name", apiCall({ cause: coded("ENOTFOUND") }), "transient", "There is no machine of that name"],
    ["no certificate", apiCall({ cause: coded("CERT_HAS_EXPIRED") }), "missing_model", "secure connection"],
    ["no beginning", apiCall({ cause: coded("UND_ERR_HEADERS_TIMEOUT") }), "transient", "UND_ERR_HEADERS_TIMEOUT"],
    ["a network that fails", apiCall({}), "transient", "Cannot connect to API"],
    ["a mistake of the package's", new TypeError("x is not a function"), "bug", "x is not a function"],
  ])("is told by its name: %s", async (_, error, kind, message) => {
    await expect(createAiSdk(throwing(error, "before")).generate({ prompt: "?" })).rejects.toMatchObject({
      kind,
      message: expect.stringContaining(message),
    });
  });

  it.each<readonly [string, unknown, FailureKind]>([
    ["a connection that broke", new TypeError("terminated", { cause: coded("UND_ERR_SOCKET") }), "transient"],
    ["an event that the package cannot read", new TypeError("Cannot read properties of undefined"), "transient"],
    ["an abort that is none of ours", new DOMException("aborted", "AbortError"), "transient"],
  ])("passes in the middle of an answer: %s", async (_, error, kind) => {
    await expect(createAiSdk(throwing(error, "after")).generate({ prompt: "?" })).rejects.toMatchObject({ kind });
  });
});

describe("what is no model", () => {
  it.each([
    [
      "a name",
      "anthropic/claude-sonnet-5",
      'got the name "anthropic/claude-sonnet-5", which stands for Vercel\'s gateway',
    ],
    ["a provider", () => {}, "this one has no `doStream`"],
    ["nothing", undefined, "this one has no `doStream`"],
    ["one of another time", { ...throwing(0, "before"), specificationVersion: "v9" }, "specification v9"],
  ])("is refused: %s", (_, model, message) => {
    expect(() => createAiSdk(model as AiSdkModel)).toThrow(message);
  });
});
