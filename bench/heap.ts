import { Session } from 'node:inspector/promises';

interface ProfileNode {
  readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
  readonly selfSize: number;
  readonly children: readonly ProfileNode[];
}

/** Bytes that were allocated in the agent's and the core's files while `work` ran, also those that are garbage by now, by place. */
export async function heapOf(work: () => Promise<void>): Promise<{ readonly [site: string]: number }> {
  const session = new Session();
  session.connect();
  await session.post('HeapProfiler.startSampling', {
    samplingInterval: 4096,
    includeObjectsCollectedByMajorGC: true,
    includeObjectsCollectedByMinorGC: true,
  } as never);
  await work();
  const { profile } = await session.post('HeapProfiler.stopSampling');
  session.disconnect();
  const sites: { [site: string]: number } = {};
  const visit = (node: ProfileNode): void => {
    const { url, functionName, lineNumber } = node.callFrame;
    if (/\/(?:agent|core)\/src\//.test(url)) {
      const site = `${functionName} ${url.split('/').at(-1)}:${lineNumber + 1}`;
      sites[site] = (sites[site] ?? 0) + node.selfSize;
    }
    for (const child of node.children) visit(child);
  };
  visit(profile.head as ProfileNode);
  return sites;
}

/** Bytes for each record, and the places that allocate most. */
export function perRecord(
  sites: { readonly [site: string]: number },
  records: number,
): { readonly bytesPerRecord: number; readonly sites: readonly string[] } {
  const bytes = Object.values(sites).reduce((sum, size) => sum + size, 0);
  const largest = Object.entries(sites)
    .toSorted((a, b) => b[1] - a[1])
    .slice(0, 3);
  return {
    bytesPerRecord: bytes / records,
    sites: largest.map(([site, size]) => `${site} ${(size / records).toFixed(2)} B`),
  };
}
