import type { Forecast } from '../assess/forecast.ts';
import { formatCount, formatCounted, formatDuration } from './format.ts';

/**
 * What the silence costs if it is a cut, a line for each policy, the one that loses most first: `If it is cut off and came back
 * now, about 214 of 480 records would be lost under tumbling 5s grace 2s.`
 */
export function forecastLines({ sources, heldRecords, policies, isProved }: Forecast): string[] {
  const one = sources.length === 1;
  const condition = isProved
    ? `If ${one ? 'it' : 'they'} came back now`
    : `If ${one ? 'it is' : 'they are'} cut off and came back now`;
  const records = formatCounted(Math.round(heldRecords), 'record');
  if (policies.length === 0) return [`${condition}, about ${records} would come late.`];
  return policies
    .toSorted((a, b) => b.lostRecords - a.lostRecords || a.firstLostInMs - b.firstLostInMs)
    .map(({ policy, lostRecords, firstLostInMs }) => {
      const lost = Math.round(lostRecords);
      return lost > 0
        ? `${condition}, about ${formatCount(lost)} of ${records} would be lost under ${policy}.`
        : `${condition}, none of about ${records} would be lost under ${policy}; the first would in ${formatDuration(firstLostInMs)}.`;
    });
}
