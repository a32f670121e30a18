/** `npm run demo`: a broker, a collector, producers and a consumer on this machine, and what Tidemark makes of them. */
import { startBroker } from '../broker/broker.ts';
import { lineFor, PlainFailure } from '../plain-failure.ts';
import { type Arguments, readArguments, usage } from './arguments.ts';
import { Cast } from './cast.ts';
import { type Judged, judge } from './check.ts';
import type { CollectorClient } from './collector-client.ts';
import { startCollector } from './collector-process.ts';
import { tellStories } from './live.ts';
import { words } from './narrator.ts';
import { type Plan, planStory } from './plan.ts';
import { playStory } from './story.ts';

/** Of one play. */
const deadlineMs = 170_000;
/** A story that the machine disturbed is played again. */
const maxPlays = 3;

class Stopped extends Error {}

const note = (line: string): void => void process.stderr.write(`${line}\n`);
const print = (line: string): void => void process.stdout.write(`${line}\n`);

const stop = new AbortController();
// One Ctrl-C may come twice: from the terminal and once more from npm.
const sameKeystrokeMs = 1_000;
let firstSignalMs: number | undefined;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    firstSignalMs ??= performance.now();
    // The second one is from somebody who will not wait. What we started ends with us all the same.
    if (performance.now() - firstSignalMs > sameKeystrokeMs) process.exit(130);
    stop.abort(new Stopped());
  });
}

/** An npm that is killed leaves its script running: then nobody is left who could press Ctrl-C. */
function stopWithNpm(): void {
  if (process.env.npm_lifecycle_event === undefined) return;
  const parent = process.ppid;
  const looking = setInterval(() => {
    if (process.ppid !== parent && !stop.signal.aborted) stop.abort(new Stopped());
  }, 1_000);
  looking.unref();
}

async function run(args: Arguments): Promise<number> {
  const broker = await startBroker({ onProgress: note });
  void broker.ended.then((how) => stop.abort(new PlainFailure(how)));
  const cast = new Cast(stop.signal);
  try {
    const collector = await startCollector(cast);
    const world = { brokers: broker.brokers, collector, signal: cast.signal };
    return args.check ? await check(args, world) : await live(args, world);
  } finally {
    await cast.leave();
    await broker.stop();
  }
}

/** What every story is played on. */
interface World {
  readonly brokers: readonly string[];
  readonly collector: CollectorClient;
  readonly signal: AbortSignal;
}

async function live(args: Arguments, { brokers, collector, signal }: World): Promise<never> {
  print(`\nThe page is at ${collector.url}   (Ctrl-C ends everything)`);
  const seed = args.seed ?? Date.now() % 1_000_000;
  return tellStories({
    brokers,
    collector,
    firstVariant: args.variant ?? 'cut',
    seed,
    anonymous: args.anonymous,
    signal,
    print,
  });
}

async function check(args: Arguments, { brokers, collector, signal }: World): Promise<number> {
  const seed = args.seed ?? Date.now() % 1_000_000;
  const plan = planStory({ variant: args.variant ?? 'cut', seed, anonymous: args.anonymous, live: false });
  for (let plays = 1; ; plays++) {
    const { result, differences, disturbedMs } = await playOnce(plan, { brokers, collector, signal });
    for (const difference of differences) note(`Not as it was: ${difference}`);
    if (!result.ok && disturbedMs !== undefined) {
      note(`This machine stood still for ${(disturbedMs / 1000).toFixed(1)} s: it was not the story that was planned.`);
      if (plays < maxPlays) continue;
    }
    print(JSON.stringify(result));
    return result.ok ? 0 : 1;
  }
}

async function playOnce(plan: Plan, { brokers, collector, signal }: World): Promise<Judged> {
  const deadline = new AbortController();
  const late = new PlainFailure(
    `demo --check: not over after ${deadlineMs / 1000} s (seed ${plan.seed}). Is this machine overloaded?`,
  );
  const timer = setTimeout(() => deadline.abort(late), deadlineMs);
  try {
    const tell = (moment: Parameters<typeof words>[0]): void => {
      const line = words(moment);
      if (line) note(line);
    };
    const stage = { brokers, collectorUrl: collector.url, signal: AbortSignal.any([signal, deadline.signal]), tell };
    return await playStory(stage, plan, (played, storySignal) => judge(plan, played, collector, storySignal));
  } finally {
    clearTimeout(timer);
  }
}

async function main(): Promise<number> {
  let args: Arguments | undefined;
  try {
    args = readArguments(process.argv.slice(2));
    if (args.help) {
      print(usage);
      return 0;
    }
    stopWithNpm();
    return await run(args);
  } catch (error) {
    if (error instanceof Stopped) {
      note('\nStopped; nothing is left running.');
      return args?.check ? 1 : 0;
    }
    note(lineFor(error));
    return 1;
  }
}

process.exitCode = await main();
