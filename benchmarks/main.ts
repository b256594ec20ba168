/** `npm run bench [-- NAME …]`: runs benchmarks one after the other, each in a process of its own. */
import { spawnSync } from 'node:child_process';
import { inPackage } from '../src/kernel/package-root.ts';

const BENCHMARKS = [
  'triage',
  'imap-intake',
  'lag',
  'folders',
  'audience',
  'lists',
  'grouping',
  'open-members',
  'streams',
  'demo-start',
  'accuracy/templates',
  'accuracy/parsers',
  'accuracy/events',
  'accuracy/classify',
];

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !BENCHMARKS.includes(name));
if (unknown.length > 0) {
  process.stderr.write(`No benchmark ${unknown.join(', ')}. There are: ${BENCHMARKS.join(', ')}.\n`);
  process.exit(2);
}
for (const name of wanted.length > 0 ? wanted : BENCHMARKS) {
  process.stdout.write(`\n== ${name}\n`);
  const { status } = spawnSync(process.execPath, [inPackage('dist', 'benchmarks', `${name}.js`)], {
    stdio: 'inherit',
  });
  if (status !== 0) process.exitCode = 1;
}
