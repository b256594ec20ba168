/** Sends a test notice and tells how far it came, so that a person sees which part fails and what to do about it. */
import { describeError } from '../../kernel/errors.ts';
import { newId } from '../../kernel/ids.ts';
import type { Message } from '../wording/message.ts';
import type { KindName, Means, SettingValues, StepName } from './channel-kind.ts';
import { KINDS } from './index.ts';

export interface TestStep {
  step: StepName;
  status: 'ok' | 'failed' | 'not reached';
  /** What was found, or what went wrong and what to do. */
  detail: string;
}

/** Never throws for a fault of the channel: the faulty step says it, the ones behind are `not reached`. */
export async function testChannel(
  kindName: KindName,
  settings: SettingValues,
  { message, mailDomain }: { message: Message; mailDomain: string },
  means: Means,
): Promise<TestStep[]> {
  const kind = KINDS[kindName];
  const passed = new Map<StepName, string>();
  const id = newId<string>(means.now);
  const outgoing = {
    id,
    kind: 'test',
    messageId: `<${id}@${mailDomain}>`,
    eventId: null,
    createdAt: means.now,
    message,
  };
  const failure = await kind
    .send(outgoing, settings, means, (step, detail) => passed.set(step, detail))
    .then(
      () => null,
      (error: unknown) => describeError(error),
    );
  let hasFailed = false;
  return kind.steps.map((step): TestStep => {
    const detail = passed.get(step);
    if (detail !== undefined) return { step, status: 'ok', detail };
    if (failure === null || hasFailed) return { step, status: 'not reached', detail: '' };
    hasFailed = true;
    return { step, status: 'failed', detail: failure };
  });
}
