import { type AgentSettings, faultLine, readAgentSettings } from '@tidemark/config';
import { nodeTooOld } from './node-version.ts';
import { say } from './say.ts';

let known: { readonly settings: AgentSettings | undefined } | undefined;

/**
 * The settings from the environment; undefined, and said so once, when they are faulty or switch the agent off, and where
 * Node is too old.
 */
export function settingsFromEnvironment(): AgentSettings | undefined {
  known ??= { settings: readAndSay() };
  return known.settings;
}

function readAndSay(): AgentSettings | undefined {
  const tooOld = nodeTooOld();
  if (tooOld !== undefined) {
    say(tooOld);
    return undefined;
  }
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
