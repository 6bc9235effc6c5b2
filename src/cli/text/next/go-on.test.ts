import { describe, expect, it } from "vitest";
import { createSession, type Session } from "../../../core/session/index.ts";
import { quote } from "./begin-command.ts";
import { resumeText, retryText } from "./go-on.ts";

const ID = "20260119_143052";

const session = (options: Session["options"]): Session =>
  createSession({
    id: ID,
    pipeline: { name: "p", path: null, hash: "" },
    phases: [],
    options,
    now: new Date(0),
  });

const ofCommandLine = session({ cwd: "/home/me", flags: {} });
const ofProgram = session({});
const at = " --workspace ws";

describe("what goes on with a session", () => {
  it("is a command with its workspace where the command line began it", () => {
    expect(resumeText(ofCommandLine, { at })).toBe(`holdfast resume ${ID} --workspace ws`);
    expect(retryText(ofCommandLine, { at, kind: "answer" })).toBe(`holdfast retry ${ID} --kind answer --workspace ws`);
    expect(retryText(ofCommandLine, { at: "", itemId: "kelp" })).toBe(`holdfast retry ${ID} --item kelp`);
  });

  it("is a call where a program began it, whatever that program keeps in the session", () => {
    expect(resumeText(ofProgram, { at })).toBe(`resumeSession("${ID}", pipeline, { workspace: "ws" })`);
    expect(retryText(session({ customer: 7 }), { at })).toBe(`retryFailed("${ID}", pipeline, { workspace: "ws" })`);
    expect(retryText(ofProgram, { at, kind: "input" })).toBe(
      `retryFailed("${ID}", pipeline, { workspace: "ws", query: {"kinds":["input"]} })`,
    );
    expect(retryText(ofProgram, { at, itemId: "kelp" })).toBe(
      `retryFailed("${ID}", pipeline, { workspace: "ws", query: {"itemIds":["kelp"]} })`,
    );
    expect(resumeText(ofProgram, { at: "" })).toBe(`resumeSession("${ID}", pipeline)`);
    expect(resumeText(ofProgram, { at: " --workspace '/my runs'" })).toContain('{ workspace: "/my runs" }');
    expect(resumeText(ofProgram, { at: ` --workspace ${quote("it's mine")}` })).toContain(
      '{ workspace: "it\'s mine" }',
    );
  });
});
