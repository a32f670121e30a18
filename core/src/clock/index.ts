export * from './bound.ts';
export * from './chrony-packet.ts';
export * from './clock-bound-page.ts';
export * from './evidence.ts';
export type { EdgeKind, LeftOut } from './graph.ts';
export * from './host-watch.ts';
export type { Claimant, Contradiction, CycleEdge, CyclePlace } from './liar.ts';
export * from './ntp-packet.ts';
