import { expect, test } from "vitest";
import { vaultFolder } from "./vault-folder.ts";

const folders = "{genre}/{topic}";
const unclassified = "unclassified";

test.each([
  [{ genre: "science", topic: "algae" }, folders, "science/algae"],
  [{ genre: "science" }, folders, "science"],
  [{ genre: "science", topic: "kelp", isGuess: true }, folders, "science"],
  [{ genre: "science", topic: "algae" }, "notes/{topic} ({genre})", "notes/algae (science)"],
  [{ genre: "science", topic: "algae" }, "{genre}", "science"],
  [{ genre: "TCP/IP", topic: "../../etc" }, folders, "TCP-IP/etc"],
  [{ genre: "CON", topic: "a:b?" }, folders, "_CON/a-b"],
  [{}, folders, "unclassified"],
  [{ topic: "algae" }, folders, "unclassified"],
])("%j goes by %s to %j", (note, folders, folder) => {
  expect(vaultFolder(note, { folders, unclassified })).toBe(folder);
});

test("a folder for notes without a genre may be inside another one", () => {
  expect(vaultFolder({}, { folders, unclassified: "inbox/to sort" })).toBe("inbox/to sort");
});
