const NAMES = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/i;

/** Whether the host of an address is the machine that we run on. */
export const isThisMachine = (host: string): boolean => NAMES.test(host);
