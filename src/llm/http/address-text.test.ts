import { describe, expect, it } from "vitest";
import { showAddress } from "./address-text.ts";

describe("showAddress", () => {
  it("leaves out user name and password", () => {
    expect(showAddress("http://me:secret@gpu-box:8080/ollama")).toBe("http://gpu-box:8080/ollama");
  });
});
