export * from './bootstrapping-chooser.ts';
export * from './chooser.ts';
export * from './default-chooser.ts';
