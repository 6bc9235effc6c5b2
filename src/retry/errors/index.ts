export { ConnectionError, RetryError, type RetryErrorDetails, TimeoutError, TryAgain } from "./errors.ts";
