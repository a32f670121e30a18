import type { audit } from '@tidemark/core';

export const amountExpected = 'a number of them such as 100, or a share such as 0.1%';

/** `100`: so many. `0.1%`: a share. */
export function parseAmount(text: string): audit.Amount | undefined {
  const found = /^(\d+(?:\.\d+)?)(%?)$/.exec(text.trim());
  if (found === null) return undefined;
  const value = Number(found[1]);
  if (found[2] === '%') return value <= 100 ? { kind: 'share', share: value / 100 } : undefined;
  return Number.isSafeInteger(value) ? { kind: 'count', count: value } : undefined;
}

export const shareExpected = 'a share such as 5%';

export function parseShare(text: string): number | undefined {
  const amount = parseAmount(text);
  return amount?.kind === 'share' ? amount.share : undefined;
}
