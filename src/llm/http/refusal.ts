import { cutText } from "../../text/index.ts";
import type { FailureKind } from "../../core/failure/index.ts";

/** One kind of refusal: how to know it, what it means for the run, and how to say it to a person. */
export interface FaultRule<Says> {
  readonly when: (says: Says) => boolean;
  readonly kind: FailureKind;
  readonly says: string;
  readonly advice?: string;
}

/** How much of what a server said goes into a message; the whole of it is kept as the raw answer. */
const QUOTED_CHARS = 300;

/** The words of a server, short enough for a message and without their full stop. */
export function quote(text: string): string {
  const line = text.trim();
  return line.length > QUOTED_CHARS ? `${cutText(line, QUOTED_CHARS)}...` : line.replace(/\.$/, "");
}

/** What a rule says of an answer, with the server's own words: "The model is not there (HTTP 404: no such model)." */
export function refusalMessage<Says>({ says, advice }: FaultRule<Says>, status: number, words: string): string {
  const said = quote(words);
  return withAdvice(`${says} (HTTP ${status}${said === "" ? "" : `: ${said}`}).`, advice);
}

export const withAdvice = (message: string, advice: string | undefined): string =>
  advice === undefined ? message : `${message} ${advice}`;

/** A condition of a rule: the server answered with one of these statuses. */
export const status =
  (...statuses: readonly number[]): ((says: { readonly status: number }) => boolean) =>
  (says) =>
    statuses.includes(says.status);
