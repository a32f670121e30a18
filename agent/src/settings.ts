import { type AgentSettings, faultLine, readAgentSettings } from '@tidemark/config';
import { say } from './say.ts';

/** The settings from the environment; undefined, and said so, when they are faulty or switch the agent off. */
export function settingsFromEnvironment(): AgentSettings | undefined {
  const read = readAgentSettings(process.env);
  if (!read.ok) {
    say(`not attached: ${read.faults.length === 1 ? 'a setting is' : `${read.faults.length} settings are`} faulty`);
    for (const fault of read.faults) say(faultLine(fault));
    return undefined;
  }
  if (!read.value.enabled) {
    say('not attached: switched off by TIDEMARK_ENABLED');
    return undefined;
  }
  return read.value;
}
