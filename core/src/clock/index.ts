export * from './chrony-packet.ts';
export * from './clock-bound-page.ts';
export * from './host-watch.ts';
export * from './ntp-packet.ts';
