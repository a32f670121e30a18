/** What a user writes to name parts of a cluster, and what to say of a text that is none. */
export const topicsExpected = 'names such as orders,payments';

export function parseTopics(given: string): string[] | undefined {
  // One that is named twice would be read twice.
  const names = [...new Set(given.split(',').map((name) => name.trim()))];
  return names.every((name) => /^[\w.-]{1,249}$/.test(name)) ? names : undefined;
}

export const brokersExpected = 'addresses such as kafka-1:9092,kafka-2:9092';

export function parseAddresses(given: string): string[] | undefined {
  const addresses = given.split(',').map((address) => address.trim());
  const isAddress = (address: string): boolean => {
    const port = Number(/^(?:\[[0-9a-fA-F:.]+\]|[^\s:[\]]+):(\d{1,5})$/.exec(address)?.[1]);
    return port >= 1 && port <= 65_535;
  };
  return addresses.every(isAddress) ? addresses : undefined;
}
