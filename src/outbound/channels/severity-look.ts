/** How a severity looks where DaTamer's own style sheet does not reach. */
import type { EventFacts } from '../wording/message.ts';

export type ToldSeverity = EventFacts['severity'];

interface Look {
  /** Of the light scheme of the pages. */
  colour: string;
  /** The shapes of the pages, for where there is no colour. */
  shape: string;
}

/** What has ended, whatever it was. */
export const OVER_COLOUR = '#1a7f4b';

const LOOKS: Record<ToldSeverity, Look> = {
  critical: { colour: '#c2182b', shape: '●' },
  warn: { colour: '#b35c00', shape: '▲' },
  info: { colour: '#2f6fb2', shape: '■' },
  unclassified: { colour: '#6b7280', shape: '○' },
};

export function lookOf(severity: ToldSeverity): Look {
  return LOOKS[severity];
}
