/** Where something listens. */
export interface Address {
  /** Without the brackets of an IPv6 address. */
  readonly host: string;
  /** 0: any that is free. */
  readonly port: number;
}

export function parseAddress(given: string): Address | undefined {
  const found = /^(?:\[([0-9a-fA-F:.]+)\]|([^\s:[\]]+)):(\d{1,5})$/.exec(given);
  if (found === null) return undefined;
  const port = Number(found[3]);
  return port <= 65_535 ? { host: (found[1] ?? found[2])!, port } : undefined;
}
