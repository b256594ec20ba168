/**
 * Reads the settings from the environment, or from the file that `<KEY>_FILE` names. All faults are reported
 * together, each with its key, the value seen (never of a secret) and what is accepted.
 */
import fs from 'node:fs';
import { describeError } from '../kernel/errors.ts';
import { schema, type SettingName, type Settings } from './schema.ts';

/** Exit code for a bad configuration (EX_CONFIG of sysexits.h). */
export const EXIT_BAD_CONFIGURATION = 78;

export class BadConfiguration extends Error {
  readonly faults: string[];

  constructor(faults: string[]) {
    super(['The configuration has faults:', ...faults.map((fault) => `  ${fault}`)].join('\n'));
    this.name = 'BadConfiguration';
    this.faults = faults;
  }
}

type Environment = Record<string, string | undefined>;

/** @throws BadConfiguration naming every fault */
export function loadConfig(environment: Environment = process.env): Settings {
  const faults: string[] = [];
  const entries = (Object.keys(schema) as SettingName[]).map((name) => [
    name,
    readSetting(name, environment, faults),
  ]);
  if (faults.length > 0) throw new BadConfiguration(faults);
  const settings = Object.fromEntries(entries) as Settings;
  const unpaired = (settings.DATAMER_TLS_CERT === null) !== (settings.DATAMER_TLS_KEY === null);
  if (unpaired) throw new BadConfiguration(['DATAMER_TLS_CERT and DATAMER_TLS_KEY: set both, or neither.']);
  return settings;
}

function readSetting(name: SettingName, environment: Environment, faults: string[]): unknown {
  const text = readText(name, environment, faults);
  const { parse, fallback, accepts, isSecret } = schema[name];
  if (text === undefined) return fallback;
  const result = parse.safeParse(text);
  if (result.success) return result.data;
  const seen = isSecret ? 'the value given (secret)' : JSON.stringify(text);
  const reasons = result.error.issues
    .filter((issue) => issue.code === 'custom')
    .map((issue) => issue.message);
  const detail = reasons.filter((reason) => reason !== 'Invalid input').join(', ');
  faults.push(`${name}: ${seen} is not accepted${detail ? ` (${detail})` : ''}. Accepted: ${accepts}.`);
  return fallback;
}

function readText(name: SettingName, environment: Environment, faults: string[]): string | undefined {
  const direct = environment[name]?.trim();
  const file = environment[`${name}_FILE`]?.trim();
  if (direct && file) faults.push(`${name}: set it or ${name}_FILE, not both.`);
  if (direct) return direct;
  if (!file) return undefined;
  try {
    return fs.readFileSync(file, 'utf8').trim();
  } catch (error) {
    faults.push(`${name}_FILE: ${JSON.stringify(file)} cannot be read: ${describeError(error)}.`);
    return undefined;
  }
}
