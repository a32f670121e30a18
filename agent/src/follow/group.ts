import { anyBroker, type Broker, type Cluster, type Described, rootFault } from '../kafkajs/cluster.ts';
import { decodeAssignment } from './assignment.ts';
import type { Troubles } from './trouble.ts';

/** Where the group is and who is in it, as its coordinator says. */
export interface GroupView {
  /** `absent`: no such group, or one of a protocol whose members this request does not show. */
  readonly state: 'members' | 'empty' | 'absent' | 'rebalancing';
  readonly isStreams: boolean;
  readonly members: number;
  /** By `topic/partition`. */
  readonly owners: ReadonlyMap<string, string>;
}

export interface Commit {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}

export interface GroupOptions {
  readonly cluster: Cluster;
  readonly group: string;
  readonly brokers: readonly string[];
  readonly topics: readonly string[] | undefined;
  readonly troubles: Troubles;
}

/** Asks the group's coordinator. It only ever asks: nothing here can join, commit or create. */
export class Group {
  readonly #options: GroupOptions;
  #coordinator: Broker | undefined;
  #isConnected = false;

  constructor(options: GroupOptions) {
    this.#options = options;
  }

  /** Undefined if it could not be asked; that is said. */
  async commits(): Promise<Commit[] | undefined> {
    const { group, topics } = this.#options;
    return this.#ask('readCommits', async (coordinator) => {
      const { responses } = await coordinator.offsetFetch({ groupId: group, topics: [] });
      return responses
        .filter(({ topic }) => topics === undefined || topics.includes(topic))
        .flatMap(({ topic, partitions }) =>
          partitions.map(({ partition, offset }) => ({ topic, partition, offset: Number(offset) })),
        )
        .filter(({ offset }) => offset >= 0);
    });
  }

  async view(): Promise<GroupView | undefined> {
    const { group, topics } = this.#options;
    return this.#ask('describe', async (coordinator) => {
      const { groups } = await coordinator.describeGroups({ groupIds: [group] });
      return viewOf(groups[0]!, topics);
    });
  }

  async #ask<T>(kind: 'readCommits' | 'describe', ask: (coordinator: Broker) => Promise<T>): Promise<T | undefined> {
    const { group, brokers, troubles } = this.#options;
    const connect = { kind: 'connect', brokers } as const;
    try {
      await this.#connect();
      troubles.worked(connect);
    } catch (error) {
      troubles.failed(connect, error);
      return undefined;
    }
    try {
      this.#coordinator ??= await this.#findCoordinator();
      const answer = await ask(this.#coordinator);
      troubles.worked({ kind, group });
      return answer;
    } catch (error) {
      this.#coordinator = undefined;
      // A connection that broke may mean that the cluster's brokers have changed: it is asked from the start.
      if (rootFault(error).type === undefined) this.#isConnected = false;
      troubles.failed({ kind, group }, error);
      return undefined;
    }
  }

  async #connect(): Promise<void> {
    if (this.#isConnected) return;
    await this.#options.cluster.connect();
    await this.#options.cluster.refreshMetadata();
    this.#isConnected = true;
  }

  /** Not by kafkajs's own method, which hides why a broker refuses. */
  async #findCoordinator(): Promise<Broker> {
    const { cluster, group } = this.#options;
    const any = await anyBroker(cluster);
    const { coordinator } = await any.findGroupCoordinator({ groupId: group, coordinatorType: 0 });
    return cluster.findBroker({ nodeId: String(coordinator.nodeId) });
  }
}

function viewOf(described: Described, topics: readonly string[] | undefined): GroupView {
  const owners = new Map<string, string>();
  for (const { memberId, memberAssignment } of described.members) {
    for (const { topic, partition } of decodeAssignment(memberAssignment) ?? []) {
      if (topics === undefined || topics.includes(topic)) owners.set(`${topic}/${partition}`, memberId);
    }
  }
  const members = described.members.length;
  return {
    state: stateOf(described.state, members),
    isStreams: described.protocol === 'stream',
    members,
    owners,
  };
}

/** While a group rebalances its coordinator shows members without what they have. */
function stateOf(state: string, members: number): GroupView['state'] {
  if (state === 'Dead') return 'absent';
  if (state.endsWith('Rebalance')) return 'rebalancing';
  return members === 0 ? 'empty' : 'members';
}
