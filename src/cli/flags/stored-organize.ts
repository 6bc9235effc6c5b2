import { z } from "zod";
import type { AnyPipeline } from "../../core/pipeline/index.ts";
import { OnConflict } from "../../chats/load/vault/index.ts";
import { organizePipeline, previewOrganizePipeline } from "../../chats/phases/index.ts";
import type { OrganizeSettings } from "../../chats/transform/classify/index.ts";

/** The stored options of a session of `holdfast organize`. */
export type StoredOrganize = {
  readonly folder: string;
  readonly vault: string;
  readonly kind: "move" | "copy";
  readonly onConflict: OnConflict;
  readonly settings: OrganizeSettings;
  /** The session is only a preview. */
  readonly preview: boolean;
};

export const storedOrganize: z.ZodType<StoredOrganize> = z.object({
  folder: z.string(),
  vault: z.string(),
  kind: z.enum(["move", "copy"]),
  onConflict: z.enum(OnConflict),
  // Looked at when the session began.
  settings: z.custom<OrganizeSettings>((value) => typeof value === "object" && value !== null),
  preview: z.boolean(),
});

/** The pipeline of a resumed session. The rows of a resumed preview are not shown. */
export function remakeOrganize({ preview, ...options }: StoredOrganize, workspace: string): AnyPipeline {
  return preview ? previewOrganizePipeline(options, () => {}) : organizePipeline({ ...options, workspace });
}
