import type { AgentSettings, TaskSplit } from '@tidemark/config';
import {
  assign,
  closeTask,
  type Observation,
  openTask,
  type PartitionState,
  partitionOf,
  type TaskState,
} from '@tidemark/core';
import { createReading, type Reading, readInto } from '../kafkajs/reading.ts';
import type { UnreadableCounts } from '../unreadable.ts';
import { createHeld, type Held, moveHeld } from './held.ts';

/** A partition that the group consumes, as far as we have read it and the group has committed it. */
export interface Followed {
  readonly topic: string;
  readonly partition: number;
  /** Node id of the broker to fetch from; undefined until it is known. */
  leader: string | undefined;
  /** The next offset to read; undefined until it is known where the group is. */
  position: number | undefined;
  /** Below this the group has processed everything; undefined before it committed anything. */
  committed: number | undefined;
  highWaterOffset: number | undefined;
  readonly held: Held;
  home: Home;
  state: PartitionState;
  /** After a failure: not asked for again before. */
  notBeforeMs: number;
}

/** Partitions that share one stream time in the consumer, whatever its language. */
export interface Home {
  readonly key: string;
  readonly task: TaskState;
  readonly reading: Reading;
  readonly partitions: Set<Followed>;
  /** The member that owns it. Another one starts with a stream time of its own. */
  owner: string | undefined;
}

/** As the user said, or as the group's protocol says. */
export type Split = Exclude<TaskSplit, 'auto'>;

export interface HomesOptions {
  readonly observation: Observation;
  readonly settings: AgentSettings;
  readonly unreadable: UnreadableCounts;
  readonly group: string;
}

/**
 * Which stream time a partition counts for. A Kafka Streams task is a partition; a plain consumer is taken to keep one stream
 * time for all that it is assigned. A task that another member takes over (a rebalance, a restart) starts anew, because the
 * memory that its stream time was in is gone.
 */
export class Homes {
  readonly #options: HomesOptions;
  readonly #homes = new Map<string, Home>();
  readonly #lives = new Map<string, number>();

  constructor(options: HomesOptions) {
    this.#options = options;
  }

  [Symbol.iterator](): Iterator<Home> {
    return this.#homes.values();
  }

  follow(place: { topic: string; partition: number }, split: Split, owner?: string): Followed {
    const home = this.#homeFor(keyOf(place, split, owner), split === 'group' ? undefined : owner);
    const followed: Followed = {
      ...place,
      leader: undefined,
      position: undefined,
      committed: undefined,
      highWaterOffset: undefined,
      held: createHeld(),
      home,
      state: partitionOf(home.task, place.topic, place.partition),
      notBeforeMs: 0,
    };
    home.partitions.add(followed);
    return followed;
  }

  /** The group's members are known anew. A partition without an owner stays where it is: nobody processes it. */
  settle(followed: Followed, split: Split, owner: string | undefined): boolean {
    if (owner === undefined || split === 'group') return false;
    const { home } = followed;
    home.owner ??= owner;
    if (home.owner === owner) return false;
    this.#move(followed, this.#homeFor(keyOf(followed, split, owner), owner));
    return true;
  }

  /** Says who has what now, and lets tasks go that have nothing. */
  announce(nowMs: number): void {
    for (const [key, home] of this.#homes) {
      if (home.partitions.size > 0) {
        const partitions = [...home.partitions].map(({ topic, partition }) => ({ topic, partition }));
        assign(home.task, partitions, nowMs);
      } else {
        closeTask(home.task);
        this.#homes.delete(key);
      }
    }
  }

  #homeFor(key: string, owner: string | undefined): Home {
    const known = this.#homes.get(key);
    if (known !== undefined && (known.owner === undefined || owner === undefined || known.owner === owner))
      return known;
    if (known !== undefined) closeTask(known.task);
    const { observation, settings, unreadable, group } = this.#options;
    const life = (this.#lives.get(key) ?? 0) + 1;
    if (this.#lives.size < maxRememberedLives) this.#lives.set(key, life);
    const task = openTask(observation, {
      group,
      // What starts anew must not be taken for a stream time that went back.
      member: life === 1 ? key : `${key} (${life})`,
      policies: settings.policies,
      ...(settings.cluster === undefined ? {} : { cluster: settings.cluster }),
    });
    const reading = createReading(settings, unreadable);
    readInto(reading, task);
    const home: Home = { key, task, reading, partitions: new Set(), owner };
    this.#homes.set(key, home);
    return home;
  }

  #move(followed: Followed, to: Home): void {
    const from = followed.state;
    followed.home.partitions.delete(followed);
    to.partitions.add(followed);
    followed.home = to;
    followed.state = partitionOf(to.task, followed.topic, followed.partition);
    // What is known of the log is the broker's, not the member's.
    followed.state.append.entries.push(...from.append.entries);
    followed.state.leader = from.leader;
    followed.state.nextOffset = from.nextOffset;
    moveHeld(followed.held, followed.state);
  }
}

const maxRememberedLives = 10_000;

function keyOf(
  place: { readonly topic: string; readonly partition: number },
  split: Split,
  owner: string | undefined,
): string {
  if (split === 'partition') return `${place.topic}-${place.partition}`;
  return split === 'member' && owner !== undefined ? owner : 'all members';
}
