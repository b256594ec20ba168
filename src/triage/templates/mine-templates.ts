/** Stage: every mail gets the template that its text has the shape of; the tenant's miner learns from it. */
import type { TenantMemory } from '../memory.ts';
import type { Mse } from '../mse.ts';

/** Tools whose parser does not know the sender's tool: their mails are compared with all of that kind. */
const UNKNOWN_TOOL = 'general';

export function mineTemplates(mses: Mse[], { memory }: { memory: TenantMemory }): void {
  for (const mse of mses) {
    const tool = mse.reading?.tool ?? UNKNOWN_TOOL;
    mse.templateId = memory.templates.mine(mse.mail, tool, mse.receivedAt).id;
  }
}
