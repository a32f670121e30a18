import type { ErrorTotal } from '../guard.ts';
import { type KafkaFault, rootFault } from '../kafkajs/cluster.ts';
import { say } from '../say.ts';

/** What was being done when it went wrong. */
export type Deed =
  | { readonly kind: 'connect'; readonly brokers: readonly string[] }
  | { readonly kind: 'readCommits'; readonly group: string }
  | { readonly kind: 'describe'; readonly group: string }
  | { readonly kind: 'findLeaders'; readonly topic: string }
  | { readonly kind: 'fetch'; readonly topic: string; readonly partition: number }
  | { readonly kind: 'fetchFrom'; readonly nodeId: string };

/** One line for a person: what cannot be done, why, and the cure where there is one. */
export function troubleLine(deed: Deed, fault: KafkaFault): string {
  const what = describe(deed);
  switch (fault.type) {
    case 'GROUP_AUTHORIZATION_FAILED':
      return `${what}: not allowed; grant this user DESCRIBE on group "${'group' in deed ? deed.group : ''}"`;
    case 'TOPIC_AUTHORIZATION_FAILED':
      return `${what}: not allowed; grant this user ${topicRight(deed)}`;
    case 'CLUSTER_AUTHORIZATION_FAILED':
      return `${what}: not allowed; grant this user DESCRIBE on the cluster`;
    case 'UNKNOWN_TOPIC_OR_PARTITION':
      return `${what}: it is not there (deleted, or not created yet)`;
    case 'SASL_AUTHENTICATION_FAILED':
      return `${what}: TIDEMARK_USERNAME and TIDEMARK_PASSWORD are refused`;
    default:
      break;
  }
  if (fault.name === 'KafkaJSSASLAuthenticationError') {
    return `${what}: TIDEMARK_USERNAME and TIDEMARK_PASSWORD are refused (${fault.message})`;
  }
  if (fault.name === 'KafkaJSNotImplemented') {
    return `${what}: its records cannot be unpacked (${fault.message}); Zstandard needs Node 22.15 or later`;
  }
  return `${what}: ${fault.type ?? fault.message}`;
}

function describe(deed: Deed): string {
  switch (deed.kind) {
    case 'connect':
      return `cannot reach a broker at ${deed.brokers.join(', ')}`;
    case 'readCommits':
      return `cannot read the committed offsets of group "${deed.group}"`;
    case 'describe':
      return `cannot see the members of group "${deed.group}"`;
    case 'findLeaders':
      return `cannot find the leaders of topic "${deed.topic}"`;
    case 'fetch':
      return `cannot read ${deed.topic}-${deed.partition}`;
    case 'fetchFrom':
      return `cannot read from broker ${deed.nodeId}`;
  }
}

function topicRight(deed: Deed): string {
  if (deed.kind === 'fetch') return `READ on topic "${deed.topic}"`;
  if (deed.kind === 'findLeaders') return `DESCRIBE on topic "${deed.topic}"`;
  return 'DESCRIBE on the topics that the group has committed offsets for';
}

/**
 * What is in the way now. Each trouble is said when it begins, or turns into another, and when it is over; every failed
 * attempt is counted.
 */
export class Troubles {
  readonly #total: ErrorTotal;
  readonly #say: (line: string) => void;
  readonly #open = new Map<string, string>();

  constructor(total: ErrorTotal, sayLine: (line: string) => void = say) {
    this.#total = total;
    this.#say = sayLine;
  }

  failed(deed: Deed, error: unknown): void {
    this.#total.errors++;
    const line = troubleLine(deed, rootFault(error));
    const key = keyOf(deed);
    if (this.#open.get(key) === line) return;
    if (this.#open.size < maxOpenTroubles || this.#open.has(key)) this.#open.set(key, line);
    this.#say(`${line}; trying again`);
  }

  worked(deed: Deed): void {
    if (this.#open.size === 0 || !this.#open.delete(keyOf(deed))) return;
    this.#say(`${describe(deed).replace('cannot', 'again able to')}`);
  }
}

const maxOpenTroubles = 10_000;

function keyOf(deed: Deed): string {
  return describe(deed);
}
