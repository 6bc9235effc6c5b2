import { describe, expect, it } from "vitest";
import { languageCode, languageMismatch, languageName } from "./index.ts";

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

describe("languageMismatch", () => {
  it.each([
    ["asked for and given", TEXTS.ja, "Japanese", undefined],
    ["asked for and not given", TEXTS.en, "日本語", { wanted: "ja", got: "en" }],
    ["asked for by its code", TEXTS.en, "de", { wanted: "de", got: "en" }],
    ["that of the conversation", TEXTS.de, undefined, undefined],
    ["not that of the conversation", TEXTS.en, undefined, { wanted: "de", got: "en" }],
    ["one that cannot be told apart", TEXTS.en, "Klingon", undefined],
    ["too short to say", "はい", "English", undefined],
  ])("of a language %s", (_case, note, asked, expected) => {
    expect(languageMismatch(note, { asked, conversation: () => TEXTS.de })).toEqual(expected);
  });

  it.each(["en", "de", "ja", "zh"] as const)("has an English name for %s", (code) => {
    expect(languageCode(languageName(code))).toBe(code);
  });
});
