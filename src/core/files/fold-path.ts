/**
 * Two paths that fold to the same text may be the same file on some file system: letter case and Unicode composition
 * do not count on most Macs and on Windows. Folds a little more than any of them does, never less.
 */
export const foldPath = (path: string): string => path.normalize("NFC").toUpperCase().toLowerCase().normalize("NFC");
