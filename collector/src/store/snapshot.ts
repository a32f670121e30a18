import { createHash } from 'node:crypto';
import { closeSync, fsyncSync, openSync, readdirSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Deserializer, Serializer } from 'node:v8';
import { crc32 } from 'node:zlib';
import type { Assessment, State, TopologySpec } from '@tidemark/core';

/** What the folds had made of the log up to and including entry `throughId`. */
export interface Folded {
  readonly state: State;
  readonly assessment: Assessment;
  readonly throughId: number;
}

export interface SnapshotFile {
  readonly path: string;
  readonly throughId: number;
  /** Of the code that made it. */
  readonly fingerprint: string;
}

/**
 * Changes with every line of `core`, and with what else the folds are given. A state is plain data without a schema, so only the
 * code that made it may take it up again; any other code, newer or older, folds the log afresh.
 */
export function foldsFingerprint(topology: TopologySpec | undefined): string {
  const folder = dirname(fileURLToPath(import.meta.resolve('@tidemark/core')));
  const hash = createHash('sha256')
    .update(process.versions.v8)
    .update(JSON.stringify(topology ?? null));
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(isCode).sort();
  for (const file of files) hash.update(file).update(readFileSync(join(folder, file)));
  return hash.digest('hex').slice(0, 16);
}

function isCode(file: string): boolean {
  return /\.[jt]s$/.test(file) && !/\.(test|d)\.ts$/.test(file);
}

/** All there are, whoever made them, newest first. */
export function snapshotsIn(folder: string): SnapshotFile[] {
  return readdirSync(folder)
    .flatMap((name) => {
      const found = /^snapshot-(\d+)-([0-9a-f]+)\.v8$/.exec(name);
      return found === null ? [] : [{ path: join(folder, name), throughId: Number(found[1]), fingerprint: found[2]! }];
    })
    .sort((a, b) => b.throughId - a.throughId);
}

/** Under its name only once it is whole and on the disk. Returns its size. */
export function writeSnapshot(folder: string, fingerprint: string, folded: Folded): number {
  const path = join(folder, `snapshot-${folded.throughId}-${fingerprint}.v8`);
  const body = serialized(folded);
  const sum = Buffer.alloc(4);
  sum.writeUInt32LE(crc32(body));
  const unfinished = `${path}.unfinished`;
  const file = openSync(unfinished, 'w');
  try {
    for (const part of [sum, body]) {
      for (let at = 0; at < part.length; ) at += writeSync(file, part, at, part.length - at);
    }
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(unfinished, path);
  fsyncFolder(folder);
  return body.length;
}

/** A renamed file is only there after a power cut if its folder was written too. */
function fsyncFolder(folder: string): void {
  const file = openSync(folder, 'r');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** Undefined: it is not what was written. */
export function readSnapshot({ path }: SnapshotFile): Folded | undefined {
  try {
    const file = readFileSync(path);
    const body = file.subarray(4);
    return crc32(body) === file.readUInt32LE(0) ? deserialized(body) : undefined;
  } catch {
    return undefined;
  }
}

/**
 * By V8 itself: with `v8.serialize` Node writes typed arrays in a way of its own, and reads them as views of the file as a whole,
 * which would stay in memory for as long as one of them does.
 */
function serialized(folded: Folded): Buffer {
  const serializer = new Serializer();
  serializer.writeHeader();
  serializer.writeValue(folded);
  return serializer.releaseBuffer();
}

function deserialized(body: Buffer): Folded {
  const deserializer = new Deserializer(body);
  deserializer.readHeader();
  return deserializer.readValue() as Folded;
}

/** The newest two stay: should one be unreadable, the log still reaches back to the other. */
export function removeOldSnapshots(folder: string, fingerprint: string): void {
  const [own, others] = [true, false].map((isOwn) =>
    snapshotsIn(folder).filter((file) => (file.fingerprint === fingerprint) === isOwn),
  );
  for (const { path } of own!.slice(2)) rmSync(path, { force: true });
  // Those of other code are of no use once this code has one.
  if (own!.length > 0) for (const { path } of others!) rmSync(path, { force: true });
  for (const name of readdirSync(folder)) {
    if (name.endsWith('.unfinished')) rmSync(join(folder, name), { force: true });
  }
}
