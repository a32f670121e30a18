/** An address as it may be printed: without a user and password that are in it. */
export function shownUrl(address: string): string {
  return address.replace(/\/\/[^/@]*@/, '//');
}
