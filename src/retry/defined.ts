/** Without the properties that are undefined: an option given as undefined counts as absent. */
export function defined<T extends object>(options: T): Partial<{ [K in keyof T]: Exclude<T[K], undefined> }>;
export function defined(options: object): object {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}
