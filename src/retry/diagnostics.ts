import type { Decision } from "./decide.ts";
import type { GiveUpReason } from "./stop.ts";
import type { SettledState } from "./state.ts";

/** The message on Node's diagnostics channel `holdfast:retry`, published after each attempt. */
export interface RetryMessage {
  /** What happens next: the outcome is final (`done`), another attempt (`retry`), or the call is given up. */
  readonly kind: Decision["kind"];
  /** The attempt that the decision is about. */
  readonly state: SettledState;
  /** Why the call is given up. */
  readonly reason: GiveUpReason | undefined;
}

/** True when the channel has subscribers; always false where there are no diagnostics channels. */
export function isObserved(): boolean {
  return channel !== undefined && channel.hasSubscribers;
}

/** Publishes to the subscribers. */
export function publish(decision: Decision): void {
  if (channel === undefined || !channel.hasSubscribers) return;
  const { kind, state } = decision;
  const message: RetryMessage = { kind, state, reason: kind === "give-up" ? decision.reason : undefined };
  channel.publish(message);
}

/** Without an import, so that browsers do not need the module. */
const channel = /* @__PURE__ */ openChannel();

function openChannel(): Channel | undefined {
  const host: Host = globalThis;
  return host.process?.getBuiltinModule?.("node:diagnostics_channel")?.channel("holdfast:retry");
}

interface Channel {
  readonly hasSubscribers: boolean;
  publish(message: unknown): void;
}

/** The part of Node's global object that is used, all of it absent elsewhere. */
interface Host {
  readonly process?: {
    readonly getBuiltinModule?: (id: "node:diagnostics_channel") => { channel(name: string): Channel } | undefined;
  };
}
