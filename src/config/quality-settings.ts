import { z } from "zod";
import type { QualityThresholds } from "../chats/transform/check-quality/index.ts";

const share = z.number().min(0).max(1);
const flag = z.boolean().optional();

/** The schema of `quality` in a configuration file and in a session. */
export const qualitySettings: z.ZodType<QualityThresholds> = z.strictObject({
  compression: z
    .union([z.array(z.strictObject({ from: z.number().nonnegative(), share })), z.literal(false)])
    .optional(),
  allowPlaceholderTitle: flag,
  allowOtherLanguage: flag,
  allowOmissions: flag,
  droppedCode: share.optional(),
});
