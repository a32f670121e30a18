import type { FollowSettings } from '@tidemark/config';
import { shownUrl } from '@tidemark/core';
import { type Cluster, createCluster } from '../kafkajs/cluster.ts';
import type { Kafka } from '../kafkajs/shapes.ts';
import { Reporter } from '../reporter.ts';
import { messageOf, say } from '../say.ts';
import { Fetching, pause } from './fetching.ts';
import { type Commit, Group, type GroupView } from './group.ts';
import { type Followed, Homes, type Split } from './homes.ts';
import { Leaders } from './leaders.ts';
import { noteCommit, release } from './release.ts';
import { Troubles } from './trouble.ts';

/** How often the group is asked for its members: a restart is noticed that soon. */
const describeEveryMs = 1000;

/**
 * The sidecar: observes the records that a consumer group processes, in whatever language, without being in it. It reads the
 * group's topics itself, and the group's committed offsets tell when a record was processed. It never joins, never commits.
 */
export class Follower {
  readonly #settings: FollowSettings;
  readonly #reporter: Reporter;
  readonly #clusters: { readonly control: Cluster; readonly fetching: Cluster };
  readonly #troubles: Troubles;
  readonly #group: Group;
  readonly #homes: Homes;
  readonly #followed = new Map<string, Followed>();
  readonly #leaders: Leaders;
  readonly #fetching: Fetching;
  readonly #stop = new AbortController();
  #loop: Promise<void> | undefined;
  #reports: readonly NodeJS.Timeout[] = [];
  #view: GroupView | undefined;
  #viewedMs = 0;
  #said = '';

  /** `kafka`: a kafkajs client, for its addresses and credentials. */
  constructor(kafka: object, settings: FollowSettings, client: string) {
    this.#settings = settings;
    const { agent, group, brokers, topics, readCommitted } = settings;
    this.#reporter = new Reporter(agent, client);
    const { observation, unreadable, ownErrors } = this.#reporter;
    this.#clusters = { control: createCluster(kafka as Kafka), fetching: createCluster(kafka as Kafka) };
    this.#troubles = new Troubles(ownErrors);
    this.#group = new Group({ cluster: this.#clusters.control, group, brokers, topics, troubles: this.#troubles });
    this.#homes = new Homes({ observation, settings: agent, unreadable, group });
    const shared = { cluster: this.#clusters.fetching, followed: this.#followed, troubles: this.#troubles };
    this.#leaders = new Leaders(shared);
    this.#fetching = new Fetching({
      ...shared,
      readCommitted,
      signal: this.#stop.signal,
      leadersMoved: () => this.#leaders.moved(),
    });
  }

  start(): void {
    const { group, agent } = this.#settings;
    say(`follows group "${group}"; reports to ${shownUrl(agent.collectorUrl)}; clock: ${this.#reporter.clock}`);
    this.#reports = this.#reporter.startTimers(() => this.#reporter.report('tick'));
    this.#loop = this.#run();
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    for (const timer of this.#reports) clearInterval(timer);
    // A fetch under way is not waited for: its answer would come too late to be reported.
    await Promise.allSettled([this.#clusters.control.disconnect(), this.#clusters.fetching.disconnect()]);
    await Promise.allSettled([this.#loop, this.#fetching.ended()]);
    this.#reporter.report('last');
    await this.#reporter.end();
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      const startedMs = performance.now();
      try {
        await this.#round();
      } catch (error) {
        this.#reporter.ownErrors.errors++;
        if (!signal.aborted) this.#sayOnce(`an error of its own: ${messageOf(error)}`);
      }
      await pause(Math.max(0, this.#settings.commitPollMs - (performance.now() - startedMs)), signal);
    }
  }

  /** Who is in the group before what it committed: a member that has just come must not be taken for the one before. */
  async #round(): Promise<void> {
    if (Date.now() - this.#viewedMs >= describeEveryMs) {
      const view = await this.#group.view();
      if (view === undefined) return;
      if (view.state !== 'rebalancing') this.#view = view;
      this.#viewedMs = Date.now();
    }
    const commits = await this.#group.commits();
    if (commits === undefined || this.#view === undefined || this.#stop.signal.aborted) return;
    this.#settle(this.#view, commits);
    await this.#leaders.refresh();
    this.#fetching.ensureLoops();
    const nowMs = Date.now();
    for (const home of this.#homes) release(home, nowMs);
  }

  #settle(view: GroupView, commits: readonly Commit[]): void {
    this.#sayOnce(this.#situation(view, commits));
    const split = this.#split(view);
    if (split === undefined) return;
    let hasChanged = false;
    for (const [key, followed] of this.#followed) {
      if (this.#homes.settle(followed, split, view.owners.get(key))) hasChanged = true;
    }
    const follow = (topic: string, partition: number): Followed | undefined => {
      const key = `${topic}/${partition}`;
      const known = this.#followed.get(key);
      const owner = view.owners.get(key);
      if (known !== undefined || (split === 'member' && owner === undefined)) return known;
      const followed = this.#homes.follow({ topic, partition }, split, owner);
      this.#followed.set(key, followed);
      hasChanged = true;
      return followed;
    };
    for (const { topic, partition, offset } of commits) {
      const followed = follow(topic, partition);
      if (followed !== undefined) noteCommit(followed, offset);
    }
    for (const key of view.owners.keys()) {
      follow(topicOf(key), Number(key.slice(key.lastIndexOf('/') + 1)));
    }
    if (this.#forgetLeft(view, commits)) hasChanged = true;
    if (hasChanged) {
      this.#homes.announce(Date.now());
      this.#leaders.moved();
    }
  }

  /** The group has left a partition for good when its committed offset is gone: expired, deleted, or with its topic. */
  #forgetLeft(view: GroupView, commits: readonly Commit[]): boolean {
    const committed = new Set(commits.map(({ topic, partition }) => `${topic}/${partition}`));
    let hasForgotten = false;
    for (const [key, followed] of this.#followed) {
      if (committed.has(key) || view.owners.has(key) || followed.committed === undefined) continue;
      this.#followed.delete(key);
      followed.home.partitions.delete(followed);
      hasForgotten = true;
      say(`${followed.topic}-${followed.partition}: the group has no committed offset there any more; not followed`);
    }
    return hasForgotten;
  }

  /** Undefined while nobody can tell: then nothing is processed either. */
  #split(view: GroupView): Split | undefined {
    const { tasks } = this.#settings;
    if (tasks !== 'auto') return tasks;
    if (view.state === 'members') return view.isStreams ? 'partition' : 'member';
    return view.state === 'absent' ? 'partition' : undefined;
  }

  #situation(view: GroupView, commits: readonly Commit[]): string {
    const group = `group "${this.#settings.group}"`;
    const seen = new Set([...commits.map(({ topic }) => topic), ...[...view.owners.keys()].map(topicOf)]);
    const missing = this.#settings.topics?.filter((topic) => !seen.has(topic)) ?? [];
    if (missing.length > 0 && view.state !== 'absent') {
      return `${group} consumes nothing of ${missing.map((topic) => `"${topic}"`).join(', ')} (--topics), or this user may not see it (DESCRIBE on topic)`;
    }
    if (view.state === 'empty') return `${group} has no members now: nothing is processed; waits for them`;
    if (view.state === 'absent') {
      return commits.length === 0
        ? `${group} is not there, or this user may see none of its topics (DESCRIBE on them); waits for it`
        : `${group} does not show its members (KIP-848 groups do not): each partition is taken for a task of its own, ` +
            'unless --tasks says otherwise';
    }
    const topics = new Set([...view.owners.keys()].map(topicOf));
    const split = this.#split(view);
    return (
      `${group}: ${view.isStreams ? 'Kafka Streams' : 'plain consumers'}, ${counted(view.members, 'member')}, ` +
      `${counted(view.owners.size, 'partition')} of ${counted(topics.size, 'topic')}; ` +
      `one stream time per ${split === 'group' ? 'group' : split}`
    );
  }

  #sayOnce(line: string): void {
    if (line === this.#said) return;
    this.#said = line;
    say(line);
  }
}

function topicOf(key: string): string {
  return key.slice(0, key.lastIndexOf('/'));
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
