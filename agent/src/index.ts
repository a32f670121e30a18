export type { AgentSettings, EventTimeSetting, SourceSetting } from '@tidemark/config';
export { type AttachOptions, attach } from './attach.ts';
