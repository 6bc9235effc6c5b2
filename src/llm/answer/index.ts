export { acceptAnswer, type Evidence } from "./accept-answer.ts";
export { endingIn, endingOf } from "./endings.ts";
export { RawAnswer } from "./raw-answer.ts";
export { type ReceivedPart, ReceivedText } from "./received-text.ts";
export { type ReportedUsage, usageIn } from "./reported-usage.ts";
