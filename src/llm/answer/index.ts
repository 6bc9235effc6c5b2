export { acceptAnswer, type Evidence, type ReceivedAnswer, unfinished } from "./accept-answer.ts";
export { endingIn, endingOf, type Ending, KNOWN_ENDINGS } from "./endings.ts";
export { RawAnswer } from "./raw-answer.ts";
export { ReceivedText } from "./received-text.ts";
