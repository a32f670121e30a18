import { Kafka, logLevel } from 'kafkajs';

/** Whether a broker answers a request at once: an open port is not enough, it opens before the broker serves. */
export async function answers(brokers: readonly string[]): Promise<boolean> {
  const admin = new Kafka({
    brokers: [...brokers],
    clientId: 'tidemark-testbed',
    logLevel: logLevel.NOTHING,
    connectionTimeout: 2_000,
    requestTimeout: 2_000,
    retry: { retries: 0 },
  }).admin();
  try {
    await admin.connect();
    return (await admin.describeCluster()).brokers.length > 0;
  } catch {
    return false;
  } finally {
    await admin.disconnect().catch(() => {});
  }
}
