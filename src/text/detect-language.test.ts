import { assert, property, string } from "fast-check";
import { describe, expect, it } from "vitest";
import { detectLanguage, likelyLanguage } from "./detect-language.ts";

const TEXTS = {
  en: "Kelp grips the rock with a holdfast, and the storm that comes from the sea does not tear it loose.",
  de: "Der Seetang hält sich mit einem Haftorgan am Felsen fest, und der Sturm reißt ihn nicht los, wenn das Gestein hält.",
  fr: "Le varech s'accroche à la roche avec un crampon, et la tempête qui vient de la mer ne l'arrache pas dans les eaux.",
  es: "El alga se agarra a la roca con un rizoide, y la tormenta que viene del mar no la arranca por las olas del norte.",
  pt: "A alga segura-se na rocha com um rizoide, e a tempestade que vem do mar não a arranca, mas os ventos são muito fortes.",
  it: "L'alga si tiene alla roccia con un rizoide, e la tempesta che viene dal mare non la strappa, ma il vento è più forte nel porto.",
  nl: "Het wier houdt zich met een hechtorgaan vast aan de rots, en de storm die van zee komt trekt het niet los door de golven.",
  ja: "昆布は付着根で岩につかまっています。嵐が来ても、岩そのものが壊れないかぎり、昆布が流されることはありません。海の底で静かに育ちます。",
  ko: "다시마는 부착기로 바위를 붙잡고 있습니다. 폭풍이 와도 바위가 부서지지 않는 한 다시마는 떠내려가지 않습니다. 바다 밑에서 조용히 자라며 오래도록 살아갑니다.",
  zh: "海带用固着器抓住岩石。即使风暴来临，只要岩石不破碎，海带就不会被冲走。它在海底静静地生长，可以活很多年，并且为许多鱼类提供住所和食物，也为人们提供营养。",
  ru: "Ламинария держится за скалу ризоидами, и шторм, который приходит с моря, не отрывает её, пока цела сама скала.",
} as const;

describe("detectLanguage", () => {
  it.each(Object.entries(TEXTS))("knows %s", (code, text) => {
    expect(detectLanguage(text)).toBe(code);
  });

  it.each([
    ["a short text", "Kelp grips the rock."],
    ["a text in two languages", `${TEXTS.ja}\n\n${TEXTS.en.repeat(2)}`],
    [
      "names and numbers",
      "Laminaria digitata 2019, Saccharina latissima 2020, Alaria esculenta 2021, Macrocystis pyrifera 2022",
    ],
    ["code alone", `\`\`\`js\n${"const and = the.of(to); // is that it for you with this\n".repeat(5)}\`\`\``],
  ])("is in doubt about %s", (_what, text) => {
    expect(detectLanguage(text)).toBeUndefined();
  });

  it("looks past code and links", () => {
    const code = "```sh\nthe of and to is that it for you with this are was not have be\n```";
    expect(detectLanguage(`${code}\n\n${TEXTS.de}\n\nhttps://example.com/the/of/and\n\n${code}`)).toBe("de");
  });

  it("never throws", () => {
    assert(property(string({ unit: "binary", maxLength: 300 }), (text) => void detectLanguage(text)));
  });
});

describe("likelyLanguage", () => {
  it.each(Object.entries(TEXTS))("knows %s", (code, text) => {
    expect(likelyLanguage(text)).toBe(code);
  });

  it.each([
    ["nothing", "", "en"],
    ["digits", "2019, 2020", "en"],
    ["few Japanese words among Latin names", "Docker と PostgreSQL の設定", "ja"],
    ["a few words", "Was ist das für eine Alge?", "de"],
  ])("guesses the language of %s", (_what, text, code) => {
    expect(likelyLanguage(text)).toBe(code);
  });
});
