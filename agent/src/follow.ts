export { Follower } from './follow/follower.ts';
