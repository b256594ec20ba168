/** What the model promises: it learns from one correction, abstains on what it cannot know, and says why. */
import { describe, expect, it } from '@jest/globals';
import { FeatureBag, type ModelInput } from '../../../src/triage/model/features.ts';
import { FieldModel, type Field } from '../../../src/triage/model/field-model.ts';
import { train, type Example } from '../../../src/triage/model/train.ts';

const bag = new FeatureBag();

const ORGS = ['shop.web', 'shop.db', 'bank.core', 'bank.cards', 'ops.net'];
const CHECKS = ['disk usage', 'cpu load', 'memory', 'http response', 'ssh'];

/** Hosts of different orgs look alike, so that only the very name tells. */
function mail(index: number): Example {
  const host = `srv${(index * 7) % 50}.dc.example`;
  return {
    subject: `${CHECKS[index % 5]} on ${host} is ${index % 2 ? 'OK' : 'CRITICAL'}`,
    text: `Host: ${host}\nValue: ${index}`,
    from: 'nagios@mon.example',
    value: ORGS[((index * 7) % 50) % 5] ?? '',
  };
}

function taught(field: Field, examples: readonly Example[]): FieldModel {
  const model = new FieldModel(field);
  train(model, bag, examples);
  return model;
}

function predict(model: FieldModel, input: ModelInput) {
  bag.read(input);
  return model.predict(bag);
}

const HISTORY = Array.from({ length: 400 }, (_, index) => mail(index));

describe('A model of orgs', () => {
  it('knows nothing before it was taught', () => {
    expect(predict(new FieldModel('org'), mail(1))).toBeNull();
  });

  it('tells the org by the host, surely, and says so', () => {
    const model = taught('org', HISTORY);
    for (let index = 400; index < 450; index += 1) {
      const prediction = predict(model, mail(index));
      expect(prediction).toMatchObject({ value: mail(index).value, isSaid: true });
    }
    const prediction = predict(model, mail(400));
    const clues = prediction ? model.clues(bag, prediction) : [];
    expect(clues.map(({ text }) => text).join()).toMatch(/“srv\d+(\.dc\.example)?”/);
    expect(clues[0]?.weight).toBeGreaterThan(0.5);
    expect(prediction && model.reason(clues, prediction)).toContain(clues[0]?.text);
  });

  it('abstains on a host that it has never met', () => {
    const model = taught('org', HISTORY);
    const unknown = {
      subject: 'cpu load on zeta.lab.example is CRITICAL',
      text: 'Host: zeta.lab.example',
      from: 'nagios@mon.example',
    };
    expect(predict(model, unknown)?.isSaid).toBe(false);
  });

  it('takes one correction for the same mail at once', () => {
    const model = taught('org', HISTORY);
    const wrong = mail(401);
    bag.read(wrong);
    model.teachFirmly(bag, 'new.team');
    expect(predict(model, { ...wrong, text: `${wrong.text}9` })?.value).toBe('new.team');
  });
});

describe('A model of severity', () => {
  it('learns that test hosts are never critical', () => {
    const examples = Array.from({ length: 300 }, (_, index) => {
      const isTest = index % 3 === 0;
      const host = `app${index % 20}${isTest ? '-tst' : ''}.example.com`;
      return {
        subject: `PROBLEM: ${host} is CRITICAL`,
        text: '',
        from: 'm@x.example',
        value: isTest ? 'warn' : 'critical',
      };
    });
    const model = taught('severity', examples);
    const on = (host: string) => ({ subject: `PROBLEM: ${host} is CRITICAL`, text: '', from: 'm@x.example' });
    expect(predict(model, on('app77-tst.example.com'))?.value).toBe('warn');
    expect(predict(model, on('app78.example.com'))?.value).toBe('critical');
  });
});
