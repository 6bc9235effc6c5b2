/** How models begin when they will not do what they are asked. Straight and curly apostrophes are the same here. */
const REFUSALS: readonly RegExp[] = [
  /^(?:i[' ]?a?m )?(?:very |really )?sorry,? but i (?:can(?:no|')t|am (?:not able|unable)|won't)/i,
  /^(?:unfortunately,? )?(?:i|we) (?:can(?:no|')t|am (?:not able|unable) to|'m (?:not able|unable) to|won't|will not) (?:help|assist|provide|create|write|do|fulfil|comply|process|summari[sz]e|generate|continue)/i,
  /^as an ai(?: language)? (?:model|assistant),? i (?:can(?:no|')t|am (?:not able|unable)|do not|don't)/i,
  /^(?:申し訳(?:ありません|ございません)|すみません|恐れ入りますが).{0,40}(?:できません|いたしかねます|お手伝い)/,
  /^(?:es tut mir leid|tut mir leid|désolé|lo siento|desculpe|mi dispiace|抱歉|对不起|죄송)/i,
];

/** A refusal is short: a note that begins with an apology goes on after it. In characters. */
const LONGEST = 600;

/** Whether a text says that its writer will not write what was asked. */
export function isRefusal(text: string): boolean {
  const start = text.trim().replaceAll("’", "'");
  return start.length <= LONGEST && REFUSALS.some((refusal) => refusal.test(start));
}
