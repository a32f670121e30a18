/**
 * One thing that is wrong with the settings, with its cure. Settings are checked whole, so that a user who has made three
 * mistakes reads three lines once and not one line three times.
 */
export interface Fault {
  /** What a user must look for: a variable, a flag or a place in a file. */
  readonly where: string;
  /** What was found there, as it was written; undefined when nothing was and something should be. */
  readonly got: string | undefined;
  /** Reads on after "expected": `a duration such as 5s or 1500ms`. */
  readonly expected: string;
}

export type Checked<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly faults: readonly Fault[] };

const maxShownCharacters = 80;

/** `TIDEMARK_GRACE: got "5 sec"; expected a duration such as 5s or 1500ms` */
export function faultLine(fault: Fault): string {
  const got = fault.got === undefined ? 'not set' : `got ${JSON.stringify(shortened(withoutPassword(fault.got)))}`;
  return `${fault.where}: ${got}; expected ${fault.expected}`;
}

/** Of an address that carries one, whatever else is wrong with it: what a process says ends in logs. */
function withoutPassword(text: string): string {
  return text.replace(/((?:^|\/\/)[^/@:\s]*):[^/@\s]*@/, '$1:…@');
}

function shortened(text: string): string {
  return text.length <= maxShownCharacters ? text : `${text.slice(0, maxShownCharacters)}…`;
}
