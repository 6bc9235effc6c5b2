/**
 * A text without the characters at its end that the pattern matches, which is for one character. An expression such as
 * `/[ .]+$/` reads a run of them within the text once for each of its characters.
 */
export function withoutLast(text: string, pattern: RegExp): string {
  let end = text.length;
  while (end > 0) {
    const isPair = end > 1 && isLow(text.charCodeAt(end - 1)) && isHigh(text.charCodeAt(end - 2));
    const start = isPair ? end - 2 : end - 1;
    if (!pattern.test(text.slice(start, end))) break;
    end = start;
  }
  return text.slice(0, end);
}

const isHigh = (unit: number): boolean => unit >= 0xd800 && unit < 0xdc00;
const isLow = (unit: number): boolean => unit >= 0xdc00 && unit < 0xe000;
