import { describe, expect, it } from "vitest";
import { DisposalStack } from "./disposal-stack.ts";

const failing = (message: string) => () => Promise.reject(new Error(message));

describe("DisposalStack", () => {
  it("closes what it was given, the last first, and waits for each", async () => {
    const closed: string[] = [];
    {
      await using stack = new DisposalStack();
      stack.use({ [Symbol.dispose]: () => void closed.push("first") });
      stack.use({
        [Symbol.asyncDispose]: async () => {
          await Promise.resolve();
          closed.push("second");
        },
      });
      stack.defer(() => closed.push("third"));
    }
    expect(closed).toEqual(["third", "second", "first"]);
  });

  it("leaves what was moved to the stack that it was moved to", async () => {
    const closed: string[] = [];
    const stack = new DisposalStack();
    stack.defer(() => closed.push("it"));
    const moved = stack.move();
    await stack[Symbol.asyncDispose]();
    expect(closed).toEqual([]);
    await moved[Symbol.asyncDispose]();
    await moved[Symbol.asyncDispose]();
    expect(closed).toEqual(["it"]);
  });

  it("closes the others when one fails, and then throws", async () => {
    const closed: string[] = [];
    const stack = new DisposalStack();
    stack.defer(() => closed.push("first"));
    stack.defer(failing("stuck"));
    await expect(stack[Symbol.asyncDispose]()).rejects.toThrow("stuck");
    expect(closed).toEqual(["first"]);
  });

  it("throws all that failed together", async () => {
    const stack = new DisposalStack();
    stack.defer(failing("one"));
    stack.defer(failing("two"));
    await expect(stack[Symbol.asyncDispose]()).rejects.toMatchObject({
      errors: [{ message: "two" }, { message: "one" }],
    });
  });
});
