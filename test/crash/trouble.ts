/** What one disturbed session came to. */
export interface Trouble {
  /** Where it was struck. */
  readonly points: readonly string[];
  readonly callsRepeated: number;
  /** Empty when the end was that of an undisturbed run. */
  readonly problems: readonly string[];
}

/** One line for people who read the test's output. */
export function figures(what: string, troubles: readonly Trouble[]): string {
  const points = troubles.flatMap((trouble) => trouble.points);
  const names = new Set(points.map((point) => point.replace(/#\d+$/, "")));
  const repeated = troubles.reduce((sum, { callsRepeated }) => sum + callsRepeated, 0);
  return `${what}: ${points.length} points of ${names.size} names in ${troubles.length} sessions, ${repeated} calls repeated, ${lostOrDoubled(troubles)} outputs lost or doubled, ${withProblems(troubles).length} ends that differ.`;
}

/** Notes that are not as an undisturbed run wrote them: none, one too many, or another text. */
export const lostOrDoubled = (troubles: readonly Trouble[]): number =>
  troubles.flatMap(({ problems }) => problems).filter((problem) => problem.startsWith("notes.")).length;

export const withProblems = (troubles: readonly Trouble[]): readonly Trouble[] =>
  troubles.filter(({ problems }) => problems.length > 0);
