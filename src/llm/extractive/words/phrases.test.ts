import { describe, expect, it } from "vitest";
import { isChatter, isDecision, isQuestion, isRequest, leansBack } from "./phrases.ts";

describe("isChatter", () => {
  it.each([
    "Great question!",
    "Sure, here is the list.",
    "You're absolutely right.",
    "Here's a script that does it.",
    "Let me know if it works.",
    "I hope this helps!",
    "Thanks a lot.",
    "I've created the file you asked for.",
    "こんにちは。",
    "もちろんです！",
    "いい質問ですね。",
    "他にご質問があればお気軽にどうぞ！",
    "以下の通りです。",
    "いくつかの方法があります。",
    "記事を作成しました！",
  ])("says so of %j", (sentence) => {
    expect(isChatter(sentence)).toBe(true);
  });

  it.each([
    "A pool is sized from the database outward.",
    "Indexes speed up reads.",
    "Heredity explains half of it.",
    "Surely the cache is cold by then.",
    "Great Britain left in 2020.",
    "仮根は岩に付着します。",
    "はいはい歩きは八か月ごろに始まる。",
  ])("does not say so of %j", (sentence) => {
    expect(isChatter(sentence)).toBe(false);
  });
});

describe("isQuestion and isRequest", () => {
  it.each([
    "How do I build it?",
    "how do I size the pool",
    "Is it safe?",
    "これは何ですか。",
    "家で擬似的にできる？",
    "如何种植番茄？",
    "كيف حالك؟",
  ])("%j is a question", (sentence) => {
    expect(isQuestion(sentence)).toBe(true);
  });

  it.each([
    "Plan a weekend in Lisbon",
    "Please translate this.",
    "I want a shorter one.",
    "コマンドを教えて",
    "記事にせよ。",
  ])("%j is a request", (sentence) => {
    expect(isRequest(sentence)).toBe(true);
    expect(isQuestion(sentence)).toBe(false);
  });

  it.each(["The pool holds ten connections.", "それは仮根です。"])("%j is neither", (sentence) => {
    expect(isQuestion(sentence) || isRequest(sentence)).toBe(false);
  });
});

describe("isDecision", () => {
  it.each([
    "We'll use Postgres for the queue.",
    "Let's go with the second one.",
    "I decided to stay in Alfama.",
    "I've decided against it.",
    "Decision: four weeks.",
    "結論：用途別に分ける。",
    "ではsystemdを採用します。",
    "週に一度取り込むことにします。",
    "月曜に決めました。",
  ])("%j is one", (sentence) => {
    expect(isDecision(sentence, { own: false })).toBe(true);
  });

  it("is one only of the person when an assistant explains with the same words", () => {
    expect(isDecision("接続を容易にします。", { own: false })).toBe(false);
    expect(isDecision("二番目にします。", { own: true })).toBe(true);
  });

  it.each([
    "Should we use Postgres?",
    "Let me see.",
    "Postgres uses one process for each connection.",
    "Staging環境でした。",
  ])("%j is none", (sentence) => {
    expect(isDecision(sentence, { own: true })).toBe(false);
  });
});

describe("leansBack", () => {
  it.each(["This makes it fast.", "However, it fails.", "It only holds.", "これは便利です。", "しかし遅い。"])(
    "%j needs the sentence before",
    (sentence) => {
      expect(leansBack(sentence)).toBe(true);
    },
  );

  it.each(["Thistles grow there.", "Items are sorted.", "Alsopt is a tool.", "海藻は仮根で付着する。"])(
    "%j stands alone",
    (sentence) => {
      expect(leansBack(sentence)).toBe(false);
    },
  );
});
