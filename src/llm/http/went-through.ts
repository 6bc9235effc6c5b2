/** The proxies that calls which failed went through: what refused a connection may be the proxy, and not the server. */
export const wentThrough: WeakMap<Error, string> = new WeakMap();
