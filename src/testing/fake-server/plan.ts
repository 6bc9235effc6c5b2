/** What happens to one call: a fault in full or by its name in a table, or `undefined` for a plain answer. */
export type Planned<Fault, Name> = Fault | Name | undefined;

/** Which call meets which fault: in order (plain answers once the list is used up), or as a function of its number from 1. */
export type Plan<Fault, Name> = readonly Planned<Fault, Name>[] | ((callNumber: number) => Planned<Fault, Name>);

/** The fault that a plan holds for a call; `callNumber` starts at 1. */
export function plannedFault<Fault extends object, Name extends string>(
  plan: Plan<Fault, Name>,
  table: Readonly<Record<Name, Fault>>,
  callNumber: number,
): Fault | undefined {
  const planned = typeof plan === "function" ? plan(callNumber) : plan[callNumber - 1];
  return typeof planned === "string" ? table[planned] : planned;
}

/** A plan of faults at random, but the same ones in every run with the same seed. */
export function randomPlan<P>(
  { rate, seed = 1 }: { readonly rate: number; readonly seed?: number },
  among: readonly P[],
): (callNumber: number) => P | undefined {
  if (!(rate >= 0 && rate <= 1)) throw new RangeError(`Expected \`rate\` to be from 0 to 1, got ${rate}`);
  return (callNumber) =>
    draw(seed, 2 * callNumber) < rate ? among[Math.floor(draw(seed, 2 * callNumber + 1) * among.length)] : undefined;
}

/** A number in [0, 1) that depends on seed and index alone (one round of the splitmix32 finaliser). */
function draw(seed: number, index: number): number {
  let z = (Math.imul(seed, 0x9e3779b9) + Math.imul(index, 0x85ebca6b)) | 0;
  z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
  z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
  return ((z ^ (z >>> 15)) >>> 0) / 2 ** 32;
}
