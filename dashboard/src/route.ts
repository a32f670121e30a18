/** What the address asks for: all of it, or one incident. The rest of the address is the server's. */
export type Route = { readonly kind: 'all' } | { readonly kind: 'incident'; readonly id: string };

export function routeOf(hash: string): Route {
  const id = /^#incident-(.+)$/.exec(hash)?.[1];
  return id === undefined ? { kind: 'all' } : { kind: 'incident', id: decoded(id) };
}

export function incidentAddress(id: string): string {
  return `#incident-${encodeURIComponent(id)}`;
}

/** An address that somebody typed may be no valid one. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
