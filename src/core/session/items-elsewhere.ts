import { parseJsonFile } from "../files/index.ts";

/** Facts that an engine keeps in a session's store: strings by key. */
export interface SessionFacts {
  getFact(key: string): string | undefined;
  /** Resolves when it is durable. */
  setFact(key: string, value: string): Promise<void>;
}

/** Which engine has the items of a session, and where. */
export interface ItemsElsewhere {
  /** The engine's name. */
  readonly engine: string;
  /** For display: without user and password. */
  readonly address: string;
  /** Where the engine reaches it, without a password. */
  readonly url: string;
  /** Whether all items are back, and only results that nobody has taken yet are there. */
  readonly isReclaimed: boolean;
}

/**
 * The fact that records who has the items: a JSON object with `name`, `address`, `url`, `isReclaimed` if so, and what else
 * the engine needs to find them. An engine writes it before it gives the first item away.
 */
export const ENGINE_FACT = "engine";

/** The name in that fact once all items are back in the process that owns the session. */
export const LOCAL_ENGINE = "local";

/** Where a session's items are; `undefined` when its owner has them all. */
export function itemsElsewhere(facts: Pick<SessionFacts, "getFact">): ItemsElsewhere | undefined {
  const text = facts.getFact(ENGINE_FACT);
  if (text === undefined) return undefined;
  const fact = parseJsonFile(text, "the session's record of its engine");
  const engine = fact.field("name").text();
  if (engine === LOCAL_ENGINE) return undefined;
  const reclaimed = fact.field("isReclaimed");
  const isReclaimed = reclaimed.exists && reclaimed.flag();
  return { engine, address: fact.field("address").text(), url: fact.field("url").text(), isReclaimed };
}

/** Where that is, as a sentence without its end; `session` names it. */
export const elsewhereOf = (
  { isReclaimed, address }: { readonly isReclaimed?: boolean | undefined; readonly address: string },
  session: string,
): string =>
  isReclaimed === true
    ? `Results of the workers of ${session} are at ${address}`
    : `The items of ${session} are with workers at ${address}`;
