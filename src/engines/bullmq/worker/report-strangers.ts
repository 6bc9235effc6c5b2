import type { Participant, PresentParticipant } from "../queue/presence.ts";

export interface ReportStrangersOptions {
  /** This worker. */
  readonly self: Pick<Participant, "modelId" | "pipeline" | "version">;
  readonly say: (message: string) => void;
}

/** Reports once each session that this worker cannot serve: it has other steps, or another model. */
export function reportStrangers({
  self,
  say,
}: ReportStrangersOptions): (owners: readonly PresentParticipant[]) => void {
  const reported = new Set<string>();
  return (owners) => {
    for (const { id, session = id, version, modelId, host } of owners) {
      if (version === self.version || reported.has(id)) continue;
      reported.add(id);
      const other =
        modelId === self.modelId
          ? "has different steps or step settings"
          : `uses ${modelId}, and this worker ${self.modelId}`;
      say(
        `Session ${session} on ${host} runs pipeline "${self.pipeline}" too, but ${other}, so this worker gets no work from it. Start a worker with that session's pipeline and options.`,
      );
    }
  };
}
