import { sha256 } from "../base/index.ts";

/** What makes a call the same call when it is repeated. */
export interface CallParts {
  /** The session's: no other session in the world has it. */
  readonly identity: string;
  readonly phase: string;
  readonly itemId: string;
  readonly step: string;
  /** Raised by each retry of the item that is meant as a new call. */
  readonly generation: number;
  /** How many answers were refused before: the next question is another one, since it complains. */
  readonly refused: number;
}

/**
 * The key of a call, as a UUID (version 8 of RFC 9562: made from a hash). Services differ in what they take as a key; 36
 * characters of ASCII are right for those that ask for a UUID, and fit into a header whatever the item is called.
 */
export function idempotencyKeyOf({ identity, phase, itemId, step, generation, refused }: CallParts): string {
  const hash = sha256(JSON.stringify([identity, phase, itemId, step, generation, refused]));
  const variant = ((Number.parseInt(hash.charAt(16), 16) & 3) | 8).toString(16);
  return `${hash.slice(0, 8)}-${hash.slice(8, 12)}-8${hash.slice(13, 16)}-${variant}${hash.slice(17, 20)}-${hash.slice(20, 32)}`;
}
