import { describe, expect, it } from '@jest/globals';
import { phaseOf } from '../../src/triage/run-phase.ts';

describe('The start and the end of a run', () => {
  it.each([
    ['Backup of db1 started', 'Backup of db1 finished successfully', 'plain words'],
    ['Backup of db1 started', 'Backup of db1 finished: 3 files, 2 GB', 'details behind the end'],
    ['Backup of db1 started', 'Backup of db1 completed with errors', 'errors are an end as well'],
    ['Backup of db1 started', 'Backup of db1 failed', 'so is failing'],
    ['Backup of db1 started', 'Backup of db1 aborted after 12 min', 'and being aborted'],
    ['Backup started: db1', 'Backup finished: db1 (12 GB in 42 min)', 'the name behind a colon'],
    ['Backup started on db1', 'Backup finished successfully on db1', 'the name behind "on"'],
    ['Full backup of db1 began at 02:00', 'Full backup of db1 done in 40 min', 'numbers and times'],
    ['[bak1] Starting nightly dump', '[bak1] Nightly dump completed', 'the phase in front'],
    ['START: import of orders 2026-11-20', 'END: import of orders 2026-11-21', 'marks, dates'],
    ['Backup db1: start', 'Backup db1: end', 'nouns as the last word'],
    ['Job 4711 started', 'Job 4711 done', 'numbered runs'],
    ['nightly-etl started', 'nightly-etl succeeded', 'a word of jobs in a name'],
    ['Sicherung von db1 gestartet', 'Sicherung von db1 erfolgreich abgeschlossen', 'German'],
    ['Sauvegarde de db1 démarrée', 'Sauvegarde de db1 terminée avec succès', 'French'],
    ['Copia de db1 iniciada', 'Copia de db1 finalizada correctamente', 'Spanish'],
    ['Taak db1 gestart', 'Taak db1 voltooid', 'Dutch'],
    ['Backup started :info: :org:shop.db:', 'Backup finished :info: :org:shop.db:', 'tags are no words'],
  ])('are of one job: %s / %s', (start, end, _because) => {
    const one = phaseOf(start);
    const other = phaseOf(end);
    expect(one?.phase).toBe('started');
    expect(other?.phase).toBe('finished');
    expect(one?.name).not.toBe('');
    expect(other?.name).toBe(one?.name);
  });

  it.each([
    ['Backup of db1 started', 'Backup of db2 finished'],
    ['Backup started: db1', 'Backup finished: db2'],
    ['Backup started on db1', 'Backup finished on db2'],
    ['Nightly dump started', 'Nightly import finished'],
  ])('are of two jobs: %s / %s', (start, end) => {
    expect(phaseOf(start)?.name).not.toBe(phaseOf(end)?.name);
  });

  it.each([
    ['Service nginx started on web1', 'a service runs for ever'],
    ['Backup service started', 'so does the one that makes backups'],
    ['Backup server bak1 started', 'and its server'],
    ['nightly-dump.service started', 'and a unit'],
    ['nginx restarted', 'no job'],
    ['MySQL started', 'no job'],
    ['Problem started: backup job does not run', 'what starts is a problem'],
    ['Alert: backup job has started to fail', 'what starts is trouble'],
    ['Maintenance started for the backup', 'a window'],
    ['Backup not started', 'it did not'],
    ['Backup could not be started', 'it did not'],
    ['Backup failed to start', 'an end without a start, and no start'],
    ['db1 backup will start at 02:00', 'a plan'],
    ['db1 backup is about to start', 'a plan'],
    ['Getting started with your backup', 'a letter'],
    ['Disk space on backup volume low', 'says neither'],
  ])('no start: %s', (subject, _because) => {
    expect(phaseOf(subject)?.phase).not.toBe('started');
  });

  it.each([
    ['Job 4711 started', '4711'],
    ['Import (run #17) finished', '17'],
    ['Job id 550e8400-e29b-41d4-a716-446655440000 done', '550e8400-e29b-41d4-a716-446655440000'],
    ['Backup of db1 started', null],
    ['Build feed started', null],
  ])('tells which run: %s', (subject, id) => {
    expect(phaseOf(subject)?.runId).toBe(id);
  });

  it.each([
    ['Backup of db1 finished successfully', false],
    ['Backup of db1 failed', true],
    ['Backup of db1 did not finish', false],
    ['Backup of db1 not finished', true],
  ])('tells whether it has failed by its words: %s', (subject, hasFailed) => {
    expect(phaseOf(subject)?.hasFailed ?? false).toBe(hasFailed);
  });

  it('is shown without the words of the phase', () => {
    expect(phaseOf('Backup of db1 started')?.title).toBe('Backup of db1');
    expect(phaseOf('START: Import of orders')?.title).toBe('Import of orders');
    expect(phaseOf('Backup started: db1')?.title).toBe('Backup: db1');
  });

  it('reads a hostile subject in no time', () => {
    for (const piece of ['(', '[ ', 'job ', '#1-', ' - ', 'started ', 'job:=']) {
      const from = performance.now();
      phaseOf(`Backup started ${piece.repeat(20_000 / piece.length)}`);
      expect(performance.now() - from).toBeLessThan(500);
    }
  });
});
