export { type Clock, systemClock } from "./clock.ts";
export { startTimer, type StartTimer, yieldToEventLoop } from "./timer.ts";
