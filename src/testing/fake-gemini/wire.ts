/** A part of a content, as far as the fake reads it. */
export interface GeminiPart {
  readonly text?: string;
  readonly thought?: boolean;
  readonly inlineData?: { readonly mimeType?: string; readonly data?: string };
  readonly fileData?: { readonly mimeType?: string; readonly fileUri?: string };
}

/** What one side said. */
export interface GeminiContent {
  readonly role?: string;
  readonly parts?: readonly GeminiPart[];
}

/** A body of `:generateContent` and `:streamGenerateContent`, as far as the fake reads it; names are in camel case here. */
export interface GeminiCallBody {
  readonly contents: readonly GeminiContent[];
  readonly systemInstruction?: GeminiContent;
  readonly generationConfig?: {
    readonly maxOutputTokens?: number;
    readonly temperature?: number;
    readonly stopSequences?: readonly string[];
    readonly responseMimeType?: string;
    readonly responseSchema?: unknown;
    readonly responseJsonSchema?: unknown;
    readonly thinkingConfig?: {
      readonly includeThoughts?: boolean;
      readonly thinkingBudget?: number;
      readonly thinkingLevel?: string;
    };
  };
  readonly tools?: readonly {
    readonly functionDeclarations?: readonly {
      readonly name: string;
      readonly parameters?: unknown;
      readonly parametersJsonSchema?: unknown;
    }[];
  }[];
  readonly toolConfig?: {
    readonly functionCallingConfig?: { readonly mode?: string; readonly allowedFunctionNames?: readonly string[] };
  };
}

/** One call for a content, as the server saw it. */
export interface GeminiCall {
  /** 1 for the first call. */
  readonly number: number;
  /** The model in the address, without `models/`. */
  readonly model: string;
  readonly isStream: boolean;
  /** As it was sent: a call that is refused for its form is recorded too. */
  readonly body: GeminiCallBody;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** Milliseconds since 1970 when the request had arrived whole. */
  readonly atMs: number;
}

/** A model that the fake serves. */
export interface FakeGeminiModel {
  /** Without `models/`. */
  readonly id: string;
  /** @default the id */
  readonly displayName?: string;
  /** `inputTokenLimit`: what a prompt may be. @default 1,048,576, and 2,048 for a model that embeds */
  readonly inputTokens?: number;
  /** `outputTokenLimit`: the most that `maxOutputTokens` may be. @default 65,536 */
  readonly outputTokens?: number;
  /** Thinks before each answer unless `thinkingBudget` is 0, as Gemini 2.5 Flash does. @default true */
  readonly thinks?: boolean;
  /** Gives vectors of so many numbers and no text. @default a model that gives text */
  readonly embedsInto?: number;
}

/** The texts of contents. */
export const textOf = (content: GeminiContent | undefined): string =>
  (content?.parts ?? []).map(({ text = "" }) => text).join("");

/** Everything the model reads as text. */
export const promptOf = ({
  systemInstruction,
  contents,
}: Pick<GeminiCallBody, "systemInstruction" | "contents">): string =>
  [systemInstruction, ...contents]
    .map(textOf)
    .filter((text) => text !== "")
    .join("\n");

/** How many images, sounds and files a request has. */
export const mediaOf = ({ contents }: Pick<GeminiCallBody, "contents">): readonly GeminiPart[] =>
  contents.flatMap(({ parts = [] }) => parts.filter(({ inlineData, fileData }) => inlineData ?? fileData));
