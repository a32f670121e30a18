import { expect, test } from 'vitest';
import { findJava, majorOf } from './java.ts';

test.for([
  { why: 'Debian’s OpenJDK 17', version: 'openjdk version "17.0.15" 2025-04-15', want: 17 },
  { why: 'an early release without a minor number', version: 'openjdk version "25" 2025-09-16', want: 25 },
  { why: 'before Java 9 the major came second', version: 'java version "1.8.0_402"', want: 8 },
  { why: 'something else that is called java', version: 'command not found', want: undefined },
])('$why', ({ version, want }) => expect(majorOf(version)).toBe(want));

test('a missing Java is one line that names the package and the other way', async () => {
  const faults = await findJava({ PATH: '/nowhere' }).catch((error: Error) => error.message);
  expect(faults).toBe(
    'Java 17: not found in the PATH. ' +
      'Install it (Debian and Ubuntu: apt-get install openjdk-17-jre-headless maven) or set KAFKA_BROKERS=host:port.',
  );
});
