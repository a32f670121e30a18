/** Why a broker gives nothing of a partition, by the code in its answer: what to do, and what to say if that does not help. */
export type Refusal =
  /** The leader is another one, or will be soon. */
  | { readonly kind: 'moved'; readonly why: string }
  | { readonly kind: 'gone'; readonly why: string }
  | { readonly kind: 'outOfRange'; readonly why: string }
  | { readonly kind: 'final'; readonly why: string };

const refusals: { readonly [code: number]: Refusal } = {
  1: { kind: 'outOfRange', why: 'this offset is not there any more' },
  2: { kind: 'final', why: 'the broker finds its own log corrupt here' },
  3: { kind: 'gone', why: 'the topic or this partition is not there (deleted while it was read?)' },
  5: { kind: 'moved', why: 'it has no leader' },
  6: { kind: 'moved', why: 'its leader has moved and no other answers for it' },
  9: { kind: 'moved', why: 'no replica is available' },
  29: { kind: 'final', why: 'not allowed; grant this user READ on the topic' },
  56: { kind: 'moved', why: "the broker cannot read its log's disk" },
  74: { kind: 'moved', why: 'its leader is changing' },
  75: { kind: 'moved', why: 'its leader is changing' },
  76: { kind: 'final', why: 'it is packed in a way that this broker does not hand out' },
  78: { kind: 'moved', why: 'its leader is changing' },
};

export function refusalOf(code: number): Refusal {
  return refusals[code] ?? { kind: 'moved', why: `the broker refuses with code ${code}` };
}
