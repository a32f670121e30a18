export { registerCodecs } from './follow/codec/register-codecs.ts';
export { Follower } from './follow/follower.ts';
