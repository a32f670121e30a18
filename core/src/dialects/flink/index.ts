export { CombinedInputs, Multiplexer } from './combined-watermark.ts';
export * from './source.ts';
export * from './valve.ts';
export type { WatermarkOutput } from './watermark-output.ts';
export { windowFaults } from './window-faults.ts';
export * from './window-operator.ts';
