import { describe, expect, it } from '@jest/globals';
import { coldStart } from '../../../src/triage/model/cold-start.ts';
import { FeatureBag, type ModelInput } from '../../../src/triage/model/features.ts';

async function severityOf(mail: Partial<ModelInput>): Promise<string | null> {
  const { severity } = await coldStart();
  const bag = new FeatureBag();
  bag.read({ subject: '', text: '', from: 'tool@host.example', ...mail });
  return severity.predict(bag)?.value ?? null;
}

describe('The model of a fresh tenant', () => {
  it.each([
    ['critical', { subject: 'Storage node s3 is down', state: 'problem' }],
    ['critical', { subject: 'Datenbank ausgefallen, Server nicht erreichbar', state: 'problem' }],
    ['warn', { subject: 'Backup of archive failed', state: 'failure' }],
    ['warn', { subject: 'Disk usage on /srv is above the threshold', state: 'problem' }],
    ['info', { subject: 'Everything is back to normal', state: 'recovery' }],
    ['info', { subject: 'Weekly report of the file server', state: 'report' }],
  ])('guesses %s for %j', async (severity, mail) => {
    expect(await severityOf(mail)).toBe(severity);
  });

  it('knows no org', async () => {
    const { org } = await coldStart();
    expect(org.linear.classes).toEqual([]);
  });

  it('is each tenant’s own: what one learns the next does not start with', async () => {
    const bag = new FeatureBag();
    bag.read({ subject: 'Storage node s3 is down', text: '', from: 'x@host.example', state: 'problem' });
    const first = await coldStart();
    for (let times = 0; times < 20; times += 1) first.severity.teach(bag, 'info');
    expect(first.severity.predict(bag)?.value).toBe('info');
    expect((await coldStart()).severity.predict(bag)?.value).toBe('critical');
  });
});
