import { readFileSync } from 'node:fs';
import { type PolicySetting, readPolicyFile } from '@tidemark/config';

/** The policies that flags or a file say. */
export function policiesOf(policies: PolicySetting): ReturnType<typeof readPolicyFile> {
  if (policies.kind === 'given') return { ok: true, value: [policies.policy] };
  if (policies.kind === 'captured') return { ok: true, value: [] };
  try {
    return readPolicyFile(readFileSync(policies.path, 'utf8'), policies.path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return {
      ok: false,
      faults: [{ where: '--policies', got: policies.path, expected: `a file that can be read (${code})` }],
    };
  }
}
