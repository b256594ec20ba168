/** Sending for the kinds that are one HTTP request. */
import { callHttp, type HttpCall } from './call-http.ts';
import { STEPS, type ChannelKind, type Outgoing, type SettingValues } from './channel-kind.ts';

/** @param compose pure: what is requested for this message */
export function viaHttp<Settings extends SettingValues>(
  compose: (outgoing: Outgoing, settings: Settings, now: Date) => HttpCall,
): Pick<ChannelKind<Settings>, 'steps' | 'send'> {
  return {
    steps: STEPS,
    send: async (outgoing, settings, means, passed) => {
      await callHttp(compose(outgoing, settings, means.now), means, passed);
    },
  };
}

/** Every request carries the delivery's id: sent at least once, a receiver can drop the second. */
export function jsonHeaders(outgoing: Outgoing): Record<string, string> {
  return { 'content-type': 'application/json; charset=utf-8', 'idempotency-key': outgoing.id };
}
