import { z } from "zod";
import type { QualityThresholds } from "../chats/transform/check-quality/index.ts";

const share = z.number().min(0).max(1);
const flag = z.boolean().optional();

/** What `quality` may say in a configuration file, and what a session keeps of it. */
export const qualitySettings: z.ZodType<QualityThresholds> = z.strictObject({
  compression: z
    .union([z.array(z.strictObject({ from: z.number().nonnegative(), share })), z.literal(false)])
    .optional(),
  allowPlaceholderTitle: flag,
  allowOtherLanguage: flag,
  allowOmissions: flag,
  droppedCode: share.optional(),
});
