import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { maskSecrets } from "./mask-secrets.ts";

const TOKEN = "tok3n-abcDEF_0123456789";

describe("maskSecrets", () => {
  it.each([
    ["a header line", `authorization: Bearer ${TOKEN}\nhost: api`, "authorization: ***\nhost: api"],
    ["a header of any case", `Authorization: Basic ${TOKEN}`, "Authorization: ***"],
    ["a header of an object", `{ 'x-api-key': '${TOKEN}', accept: '*/*' }`, "{ 'x-api-key': '***', accept: '*/*' }"],
    ["a header in JSON", `{"api-key":"${TOKEN}","n":1}`, `{"api-key":"***","n":1}`],
    [
      "a header in JSON inside of JSON",
      JSON.stringify({ body: JSON.stringify({ authorization: `Bearer ${TOKEN}`, n: 1 }) }),
      JSON.stringify({ body: JSON.stringify({ authorization: "***", n: 1 }) }),
    ],
    [
      "a header with quotes in it",
      `{"authorization":"Digest a=\\"${TOKEN}\\"","n":1}`,
      `{"authorization":"***","n":1}`,
    ],
    ["a list of pairs", `["authorization","Bearer ${TOKEN}"]`, `["authorization","***"]`],
    ["cookies", `cookie: a=1; session=${TOKEN}\r\nhost: api`, "cookie: ***\r\nhost: api"],
    ["a cookie that is set", `set-cookie: session=${TOKEN}; Path=/`, "set-cookie: ***"],
    [
      "an API key",
      "Incorrect API key provided: sk-proj-abc12345XYZ. Find yours",
      "Incorrect API key provided: sk-***. Find yours",
    ],
    ["a token of a code host", "with ghp_abcdefghijklmnopqrstuvwx", "with ghp_***"],
    [
      "a key in a URL",
      `GET https://api.example/v1?key=${TOKEN}&n=1 failed`,
      "GET https://api.example/v1?key=***&n=1 failed",
    ],
    [
      "another key in a URL",
      `https://api.example/?n=1&api_key=${TOKEN}#top`,
      "https://api.example/?n=1&api_key=***#top",
    ],
    ["a password in a URL", `redis://me:${TOKEN}@host:6379`, "redis://me:***@host:6379"],
  ])("masks %s", (_, text, masked) => {
    expect(maskSecrets(text, {})).toBe(masked);
  });

  it.each(["MY_KEY", "MY_TOKEN", "MY_SECRET", "DB_PASSWORD", "my_token"])("masks the value of %s", (name) => {
    expect(maskSecrets("refused: kelp-and-rock.", { [name]: "kelp-and-rock" })).toBe("refused: ***.");
  });

  it("masks a value as it stands in JSON and in a URL", () => {
    const env = { MY_SECRET: 'a "quoted" value/ü' };
    expect(maskSecrets(JSON.stringify({ sent: env.MY_SECRET }), env)).toBe('{"sent":"***"}');
    expect(maskSecrets(`/login/${encodeURIComponent(env.MY_SECRET)}/x`, env)).toBe("/login/***/x");
  });

  it.each([
    ["a short value", { MY_KEY: "kelp" }, "kelp grows"],
    ["a variable that is named otherwise", { HOME: "/home/somebody" }, "in /home/somebody"],
    ["an empty value", { MY_KEY: "" }, "kelp"],
    ["a variable that is not set", { MY_KEY: undefined }, "undefined"],
  ])("leaves %s", (_, env, text) => {
    expect(maskSecrets(text, env)).toBe(text);
  });

  it.each([
    "A risk-averse task-oriented desk-mate baked a cookie.",
    "The key point: authorization is a wide field.",
    "See https://example.com/a?page=2&monkeys=three and mail me@example.com at 10:30.",
    "class Monkey { key = value; token: string }",
    "海藻の根は岩をつかむ。",
  ])("leaves ordinary text alone: %s", (text) => {
    expect(maskSecrets(text, { MY_KEY: "a-value-that-is-not-there" })).toBe(text);
  });

  const anySecret = fc.oneof(
    fc.string({ unit: "binary", minLength: 8 }),
    fc.string({ unit: fc.constantFrom("*", "a", "\\", '"'), minLength: 8, maxLength: 12 }),
  );

  it("never leaves the value of a secret variable, whatever stands around it", () => {
    fc.assert(
      fc.property(
        fc.array(anySecret, { minLength: 1, maxLength: 3 }),
        fc.string(),
        fc.nat(),
        (secrets, around, cut) => {
          const env = Object.fromEntries(secrets.map((secret, n) => [`S${n}_KEY`, secret]));
          const at = cut % (around.length + 1);
          const text = around.slice(0, at) + secrets.join(around) + secrets.join("") + around.slice(at);
          const masked = maskSecrets(text, env);
          for (const secret of secrets) expect(masked).not.toContain(secret);
        },
      ),
    );
  });

  const anyToken = fc.stringMatching(/^[A-Za-z0-9_-]{12,40}$/);
  const anyPlace = fc.constantFrom<(token: string) => string>(
    (token) => `authorization: Bearer ${token}`,
    (token) => `Authorization=${token}`,
    (token) => `{"x-api-key": "${token}"}`,
    (token) => JSON.stringify(JSON.stringify({ "api-key": token })),
    (token) => JSON.stringify(JSON.stringify([JSON.stringify({ cookie: `a=${token}` })])),
    (token) => `called https://a.example/b?x=1&access_token=${token}&y=2`,
    (token) => `key sk-${token} is wrong`,
  );

  it("never leaves a token where tokens are sent", () => {
    fc.assert(
      fc.property(anyToken, anyPlace, fc.stringMatching(/^[a-z \n]{0,20}$/), (token, place, around) => {
        expect(maskSecrets(`${around} ${place(token)} ${around}`, {})).not.toContain(token);
      }),
    );
  });

  it("changes nothing the second time", () => {
    fc.assert(
      fc.property(anyToken, anyPlace, fc.string(), (token, place, around) => {
        const env = { MY_TOKEN: token };
        const once = maskSecrets(`${around}${place(token)}${around}`, env);
        expect(maskSecrets(once, env)).toBe(once);
      }),
    );
  });
});
