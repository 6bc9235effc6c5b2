/** The tools that run code, by their names over the years. */
const CODE_RUNNERS: ReadonlySet<string> = new Set(["python", "python_user_visible", "code_interpreter"]);

/** Tools of the service itself: their input and output is never shown. */
const TOOLS: ReadonlySet<string> = new Set([
  "api_tool",
  "automations",
  "bio",
  "browser",
  "canmore",
  "computer",
  "container",
  "dalle",
  "file_search",
  "guardian_tool",
  "image_gen",
  "msearch",
  "myfiles_browser",
  "plugins",
  "research_kickoff_tool",
  "t2uay3k",
  "user_info",
  "user_settings",
  "web",
]);

export const runsCode = (recipient: string): boolean => CODE_RUNNERS.has(recipient);

/** A call to Canvas, the documents beside the chat. */
export const isCanvas = (recipient: string): boolean => recipient.startsWith("canmore.");

/** The service's own tool, by its name or that of one of its functions (`web.run`). */
export const isServiceTool = (name: string): boolean => runsCode(name) || TOOLS.has(name.split(".", 1).join());

/** A known recipient in exports. */
export const isKnownRecipient = (recipient: string): boolean =>
  recipient === "all" || recipient === "assistant" || recipient === "user" || isServiceTool(recipient);
