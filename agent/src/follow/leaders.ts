import { anyBroker, type Cluster, rootFault } from '../kafkajs/cluster.ts';
import type { Followed } from './homes.ts';
import type { Troubles } from './trouble.ts';

/** Also without a failure leaders move, and a broker that is only a follower now says so at the next fetch. */
const refreshEveryMs = 30_000;
const hastyRefreshMs = 500;

/** Who leads which partition. Each topic is asked for alone, so that one that is refused or gone does not hide the others. */
export class Leaders {
  readonly #options: {
    readonly cluster: Cluster;
    readonly followed: ReadonlyMap<string, Followed>;
    readonly troubles: Troubles;
  };
  #isConnected = false;
  #dueMs = 0;
  #askedMs = 0;

  constructor(options: { cluster: Cluster; followed: ReadonlyMap<string, Followed>; troubles: Troubles }) {
    this.#options = options;
  }

  /** They are asked for again soon, though never in haste. */
  moved(): void {
    this.#dueMs = Math.min(this.#dueMs, this.#askedMs + hastyRefreshMs);
  }

  async refresh(): Promise<void> {
    const { cluster, followed, troubles } = this.#options;
    const nowMs = Date.now();
    if (followed.size === 0 || nowMs < this.#dueMs) return;
    this.#askedMs = nowMs;
    this.#dueMs = nowMs + refreshEveryMs;
    for (const topic of new Set([...followed.values()].map((one) => one.topic))) {
      const deed = { kind: 'findLeaders', topic } as const;
      try {
        if (!this.#isConnected) {
          await cluster.connect();
          await cluster.refreshMetadata();
          this.#isConnected = true;
        }
        const broker = await anyBroker(cluster);
        const { topicMetadata } = await broker.metadata([topic]);
        for (const { partitionId, leader } of topicMetadata[0]?.partitionMetadata ?? []) {
          const one = followed.get(`${topic}/${partitionId}`);
          if (one !== undefined) one.leader = String(leader);
        }
        troubles.worked(deed);
      } catch (error) {
        if (rootFault(error).type === undefined) this.#isConnected = false;
        this.#dueMs = nowMs + 2 * hastyRefreshMs;
        troubles.failed(deed, error);
      }
    }
  }
}
