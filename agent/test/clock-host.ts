import { startClockReader } from '../src/clock/reader.ts';

// A host whose clock a test has falsified: says what its agent would report, a line each quarter of a second.
const [servers = '', chronyPort] = process.argv.slice(2);
const reader = startClockReader({
  ntpServers: servers === '' ? [] : servers.split(','),
  ntpIntervalMs: 64_000,
  chrony: chronyPort === undefined ? undefined : { kind: 'port', host: '127.0.0.1', port: Number(chronyPort) },
  clockBoundPaths: [],
});
setInterval(() => {
  const report = reader.take();
  if (report.readings.length + report.steps.length > 0) console.log(JSON.stringify(report));
}, 250);
