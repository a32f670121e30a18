export type { Scheduling } from '@tidemark/core';
export { type ScheduleOptions, scheduledConsumer } from './schedule/scheduled-consumer.ts';
