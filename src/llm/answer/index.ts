export { acceptAnswer, type Evidence } from "./accept-answer.ts";
export { endingIn } from "./endings.ts";
export { RawAnswer } from "./raw-answer.ts";
export { ReceivedText } from "./received-text.ts";
