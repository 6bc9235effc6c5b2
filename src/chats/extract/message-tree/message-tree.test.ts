import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type TreeNode, type TreePaths, treePaths } from "./index.ts";
import { runs } from "../../../../test/runs.ts";

/** `b<a` is the node b whose parent is a, `b` a beginning; `a>bc` lists b and c as children. A second apart. */
const tree = (...drawn: readonly string[]): TreeNode[] =>
  drawn.map((text, second) => {
    const [links = "", children = ""] = text.split(">");
    const [id = "", parent] = links.split("<");
    return { id, parent, children: [...children], time: new Date(second * 1000).toISOString() };
  });

const names = (nodes: readonly TreeNode[]): string => nodes.map(({ id }) => id).join("");
const branches = ({ others }: TreePaths<TreeNode>): string[] =>
  others.map(({ fork, nodes }) => `${fork?.id ?? "-"}:${names(nodes)}`);

describe("the current path", () => {
  it.each<[string, readonly string[], string | undefined, string, readonly string[]]>([
    ["ends at the current node", ["a", "b<a", "c<a", "d<c"], "b", "ab", []],
    ["ends at a current node that has children", ["a", "b<a", "c<b"], "b", "ab", []],
    ["ends at the newest leaf without one", ["a", "b<a", "c<a"], undefined, "ac", []],
    ["ends at the newest leaf when it is not there", ["a", "b<a", "c<a"], "gone", "ac", []],
    ["is rebuilt from parents where no children are listed", ["a", "b<a", "c<b"], undefined, "abc", []],
    ["is rebuilt from children where a parent is missing", ["a>b", "b>c", "c"], "c", "abc", []],
    ["begins where the parent is lost", ["a", "b<lost", "c<b"], "c", "bc", ["orphan"]],
    ["goes on with whoever lists a node whose parent is lost", ["a>b", "b<lost", "c<b"], "c", "abc", ["orphan"]],
    ["goes on above a lost node that is listed", ["a>x", "c<x", "d<c"], "d", "acd", ["orphan"]],
    ["ends where a cycle closes", ["a<c", "b<a", "c<b"], "c", "abc", ["cycle"]],
    ["ends at a node that is its own parent", ["a<a", "b<a"], "b", "ab", ["cycle"]],
    ["of a cycle without a current node is there too", ["a<b", "b<a"], undefined, "ab", ["cycle"]],
    ["believes a node's own parent more than a list", ["a>c", "b", "c<b"], "c", "bc", []],
    ["of nothing is empty", [], "a", "", []],
  ])("%s", (_name, drawn, current, path, warnings) => {
    const found = treePaths(tree(...drawn), current);
    expect(names(found.current)).toBe(path);
    expect(found.warnings).toEqual(warnings);
  });

  it.each<[string, readonly TreeNode[], string]>([
    [
      "the deepest of leaves of one time",
      tree("a", "b<a", "c<b", "d<a").map((node) => ({ ...node, time: "1" })),
      "abc",
    ],
    ["the last of leaves of one time and depth", tree("a", "b<a", "c<a").map((node) => ({ ...node, time: "1" })), "ac"],
    [
      "a leaf with a time before one without",
      tree("a", "b<a", "c<a").map((node, i) => (i < 2 ? node : { ...node, time: undefined })),
      "ab",
    ],
  ])("without a current node ends at %s", (_name, nodes, path) => {
    expect(names(treePaths(nodes, undefined).current)).toBe(path);
  });
});

describe("the other branches", () => {
  it.each<[string, readonly string[], string, readonly string[]]>([
    ["begin at their forks", ["a", "b<a", "c<a", "d<c"], "b", ["a:cd"]],
    ["begin at forks of one another", ["a", "b<a", "c<a", "d<c", "e<c"], "b", ["a:cd", "c:e"]],
    ["may be another beginning", ["a", "b<a", "c", "d<c"], "b", ["-:cd"]],
    ["hold what follows the current node", ["a", "b<a", "c<b"], "b", ["b:c"]],
    ["hold cycles that have no leaf", ["a", "b<c", "c<b"], "a", ["-:bc"]],
  ])("%s", (_name, drawn, current, expected) => {
    expect(branches(treePaths(tree(...drawn), current))).toEqual(expected);
  });
});

const anyTree = fc.uniqueArray(
  fc.record({
    id: fc.constantFrom(..."abcdefghij", ""),
    parent: fc.constantFrom(..."abcdefghij", "lost", "", undefined),
    children: fc.array(fc.constantFrom(..."abcdefghij", "lost")),
    time: fc.constantFrom("1", "2", undefined),
  }),
  { selector: ({ id }) => id },
);

it("puts each node of any tree on exactly one path, below its parent", () => {
  fc.assert(
    fc.property(anyTree, fc.constantFrom(..."abc", "lost", undefined), (nodes, current) => {
      const paths = treePaths(nodes, current);
      const all = [...paths.current, ...paths.others.flatMap((branch) => branch.nodes)];
      expect(all.length).toBe(nodes.length);
      expect(new Set(all)).toEqual(new Set(nodes));
      expect(paths.current.length > 0).toBe(nodes.length > 0);
      if (nodes.some(({ id }) => id === current)) expect(paths.current.at(-1)?.id).toBe(current);
      const shownBefore = new Set<TreeNode>(paths.current);
      for (const { fork, nodes: branch } of paths.others) {
        if (fork) expect(shownBefore).toContain(fork);
        for (const node of branch) shownBefore.add(node);
      }
    }),
    { numRuns: runs(1000) },
  );
});

it("gives the same paths whatever the order of the nodes, when their times differ", () => {
  const timed = anyTree.map((nodes) => nodes.map((node, i) => ({ ...node, children: [], time: String(i + 10) })));
  const shuffled = timed.chain((nodes) =>
    fc.tuple(fc.constant(nodes), fc.shuffledSubarray(nodes, { minLength: nodes.length })),
  );
  fc.assert(
    fc.property(shuffled, ([nodes, others]) => {
      expect(names(treePaths(others, undefined).current)).toBe(names(treePaths(nodes, undefined).current));
    }),
  );
});

it("climbs a path of 50,000 nodes, and reads as many leaves without times", () => {
  const path = Array.from({ length: 50_000 }, (_, i): TreeNode => ({
    id: String(i),
    parent: i === 0 ? undefined : String(i - 1),
    children: [],
  }));
  expect(treePaths(path, undefined).current.length).toBe(50_000);
  const comb = path.flatMap((node): TreeNode[] => [node, { id: `leaf ${node.id}`, parent: node.id, children: [] }]);
  expect(treePaths(comb, undefined).others.length).toBe(49_999);
});
