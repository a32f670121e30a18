import type { Incident, IncidentKind, IncidentOf } from '@tidemark/core';
import { backfillPicture } from './backfill.ts';
import { aheadPicture, behindPicture } from './clock.ts';
import { cutPicture } from './cut.ts';
import { leftLyingPicture } from './left-lying.ts';
import type { Picture } from './picture.ts';
import { upstreamLagPicture } from './upstream-lag.ts';

/** A new kind of incident does not compile until it has its picture. */
const pictures: { readonly [K in IncidentKind]: (incident: IncidentOf<K>, nowMs: number) => Picture } = {
  producerCutOff: cutPicture,
  brokerOutage: cutPicture,
  clockAhead: aheadPicture,
  clockBehind: behindPicture,
  consumerInterleave: leftLyingPicture,
  repartition: upstreamLagPicture,
  backfill: backfillPicture,
};

export function pictureOf(incident: Incident, nowMs: number): Picture {
  // The kind picks the function for exactly this incident; the compiler cannot follow that through the table.
  return (pictures[incident.kind] as (incident: Incident, nowMs: number) => Picture)(incident, nowMs);
}
