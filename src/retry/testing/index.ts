export { FakeClock } from "./fake-clock.ts";
export { type RecordedAttempt, recordRetries, type RetryRecord } from "./record-retries.ts";
export { retryState } from "./retry-state.ts";
export { seededRandom } from "./seeded-random.ts";
