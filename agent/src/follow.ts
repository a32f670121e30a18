export { registerCodecs } from './codec/register-codecs.ts';
export { Follower } from './follow/follower.ts';
