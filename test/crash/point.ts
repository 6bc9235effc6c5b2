/** Where a process was struck, as it says itself: `17: session:commit`; `undefined` when it never came to that point. */
export const struckAt = ({ stderr }: { readonly stderr: string }): string | undefined =>
  /\[crash point (.*)\]/.exec(stderr)?.[1];
