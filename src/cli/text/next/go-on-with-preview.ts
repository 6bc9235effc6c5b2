import type { StopCause } from "../../../core/runner/index.ts";
import { LIMIT_FLAGS } from "../hint-text.ts";
import { sameCommand } from "./same-command.ts";

/**
 * The command that goes on after a preview that was stopped: the same one, with a limit that does not stop it at once. Its
 * answers are in the cache, and must not be ignored this time.
 */
export function goOnWithPreview(argv: readonly string[], cause: StopCause): string {
  return sameCommand({ argv, without: ["--no-cache"], change: cause.kind === "limit" ? higher(cause.hint) : {} });
}

function higher(
  hint: Extract<StopCause, { readonly kind: "limit" }>["hint"],
): Readonly<Record<string, string | undefined>> {
  switch (hint.kind) {
    case "raise_limit":
      return { [LIMIT_FLAGS[hint.limit]]: String(hint.to) };
    case "more_time":
      // A date that is past would be refused.
      return hint.to === "" ? { "--until": undefined } : {};
    case "take_next":
      return {};
  }
}
