/**
 * A word of a printed command, without the user and the password of an address in it: what is printed is read by others,
 * and kept in logs. Of a command that needs them, they have to be typed again.
 */
export const withoutUser = (word: string): string => word.replaceAll(/\b([a-z][a-z\d+.-]*:\/\/)[^/?#\s]*@/gi, "$1");
