import { describe, expect, it } from "vitest";
import type { Message } from "../../conversation.ts";
import type { ArtifactChange } from "../artifacts/index.ts";
import { type NodeReading, type PathsReading, type TreeNode, readPaths, treePaths } from "./index.ts";

const message = (text: string, role: Message["role"] = "assistant"): Message => ({ role, text, attachments: [] });
const shown = (text: string, fields: Partial<NodeReading> = {}): NodeReading => ({
  message: message(text),
  pages: [],
  artifactChanges: [],
  drift: [],
  ...fields,
});
const whole = (id: string, text: string): ArtifactChange => ({
  id,
  title: id,
  mediaType: "",
  language: "",
  edit: { kind: "whole", text },
});

/** The last node is the current one. */
const read = (
  branches: "current" | "all",
  nodes: readonly string[],
  readings: Readonly<Record<string, NodeReading>> = {},
): PathsReading => {
  const tree = nodes.map((drawn): TreeNode => {
    const [id = "", parent] = drawn.split("<");
    return { id, parent, children: [] };
  });
  return readPaths(treePaths(tree, tree.at(-1)?.id), branches, ({ id }) => readings[id] ?? shown(id));
};
const texts = ({ messages }: PathsReading): string[] => messages.map(({ text }) => text);

describe("branches", () => {
  const forked = ["tea", "green<tea", "black<tea", "milk<black", "white<tea"];

  it("other than the current one are counted and left out", () => {
    const reading = read("current", forked);
    expect(texts(reading)).toEqual(["tea", "white"]);
    expect(reading.otherBranches).toBe(2);
  });

  it("follow the current one under marks that say what they go on from", () => {
    const reading = read("all", forked);
    expect(texts(reading)).toEqual([
      "tea",
      "white",
      '**[Branch 1 of 2: another way on after "tea"]**\n\ngreen',
      '**[Branch 2 of 2: another way on after "tea"]**\n\nblack',
      "milk",
    ]);
    expect(reading.otherBranches).toBe(0);
  });

  it("name the message before their fork that is shown", () => {
    const nothing = shown("", { message: undefined });
    const reading = read("all", ["tea", "hidden<tea", "green<hidden", "white<hidden"], { hidden: nothing });
    expect(texts(reading)[2]).toBe('**[Branch 1 of 1: another way on after "tea"]**\n\ngreen');
  });

  it("say that they are another beginning", () => {
    expect(texts(read("all", ["coffee", "tea"]))).toEqual(["tea", "**[Branch 1 of 1: another beginning]**\n\ncoffee"]);
  });

  it("in which nothing is shown are not counted among those that are", () => {
    const nothing = shown("", { message: undefined });
    const reading = read("all", ["tea", "x<tea", "green<tea", "white<tea"], { x: nothing });
    expect(texts(reading)[2]).toMatch(/^\*\*\[Branch 1 of 1:/);
  });

  it("quote a long message by its beginning, without its Markdown", () => {
    const reading = read("all", ["a", "b<a", "c<a"], { a: shown(`# **Tea**\n\n${"very ".repeat(40)}hot`) });
    expect(texts(reading)[2]).toMatch(/after "Tea very very .*…"\]\*\*\n\nb$/);
  });

  it("that begin with files only are marked all the same", () => {
    const attachments = [{ name: "tea.pdf" }];
    const reading = read("all", ["a", "b<a", "c<a"], { b: shown("", { message: { ...message(""), attachments } }) });
    expect(reading.messages[2]).toMatchObject({
      text: expect.stringMatching(/^\*\*\[Branch 1 of 1: [^\n]+$/),
      attachments,
    });
  });
});

describe("documents", () => {
  const readings = {
    a: shown("a", { artifactChanges: [whole("doc", "1")] }),
    b: shown("b", { artifactChanges: [whole("doc", "2")] }),
    c: shown("c", { artifactChanges: [whole("doc", "3"), whole("other", "4")] }),
    d: shown("d", { artifactChanges: [whole("doc", "2")] }),
  };

  it("have the last version of the current path", () => {
    const { artifacts } = read("current", ["a", "c<a", "b<a"], readings);
    expect(artifacts.map(({ id, text }) => [id, text])).toEqual([["doc", "2"]]);
  });

  it("that a branch wrote differently stand beside them, and the same ones do not", () => {
    const { artifacts } = read("all", ["a", "c<a", "d<a", "b<a"], readings);
    expect(artifacts.map(({ id, title, text }) => [id, title, text])).toEqual([
      ["doc", "doc", "2"],
      ["doc (branch 1)", "doc (branch 1)", "3"],
      ["other (branch 1)", "other (branch 1)", "4"],
    ]);
  });
});

describe("pages that were read", () => {
  const page = (name: string) => ({ url: `https://tea.example/${name}`, title: name });
  const found = (...names: string[]): NodeReading => shown("", { message: undefined, pages: names.map(page) });

  it("are listed once, under the next answer, without those it links to", () => {
    const reading = read("current", ["a", "b<a", "c<b"], {
      a: found("heat", "time"),
      b: found("heat", "leaf"),
      c: shown("Hot. [time](https://tea.example/time)"),
    });
    expect(texts(reading)).toEqual([
      "Hot. [time](https://tea.example/time)\n\nSources:\n- [heat](https://tea.example/heat)\n- [leaf](https://tea.example/leaf)",
    ]);
  });

  it("are a message of the tool when no answer follows", () => {
    const question: NodeReading = shown("", { message: message("And?", "user") });
    const reading = read("current", ["a", "b<a", "c<b"], { a: found("heat"), b: question, c: found("leaf") });
    expect(reading.messages).toEqual([
      { role: "tool", text: "Sources:\n- [heat](https://tea.example/heat)", attachments: [] },
      message("And?", "user"),
      { role: "tool", text: "Sources:\n- [leaf](https://tea.example/leaf)", attachments: [] },
    ]);
  });
});
