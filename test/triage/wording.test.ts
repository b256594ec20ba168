/** The wording of tools never seen: what a subject says about state, in the languages that are read. */
import { describe, expect, it } from '@jest/globals';
import { readWording } from '../../src/triage/parsers/general/read-wording.ts';
import { withoutStateWording } from '../../src/triage/parsers/general/without-state-wording.ts';

describe('Wording', () => {
  it.each([
    ['** PROBLEM Service Alert: web/HTTP is CRITICAL **', 'problem'],
    ['** RECOVERY Service Alert: web/HTTP is OK **', 'recovery'],
    ['** ACKNOWLEDGEMENT Service Alert: web/HTTP is CRITICAL **', 'acknowledgement'],
    ['** FLAPPINGSTART Service Alert: web/HTTP is OK **', 'unknown'],
    ['[RESOLVED] disk CRITICAL on db1', 'recovery'],
    ['host db1 is UP', 'recovery'],
    ['OK: replication on db2', 'recovery'],
    ['backup of db1 failed', 'failure'],
    ['backup of db1 completed successfully', 'success'],
    ['replication check ok', 'success'],
    ['daily report', 'report'],
    ['link up-down counter', 'problem'],
    ['UPALERT mailhubs/smtp', 'recovery'],
    ['Connection failed on db1', 'problem'],
    ['Connection succeeded on db1', 'recovery'],
    ['db1 is back online', 'recovery'],
    ['Disk space is within limits again', 'recovery'],
    ['db1 UPS Power Failure !!!', 'problem'],
    ['db1 UPS Power has returned', 'recovery'],
    ['Fail event on /dev/md0', 'problem'],
    ['certificate of www has expired', 'problem'],
    ['nightly job finished with no errors', 'success'],
    ['[SHOP] NoSuchMethodError in CartParser (98d47593)', 'problem'],
    ['root login on db1 by kim', 'report'],
    ['sshd: started on db1', 'unknown'],
    ['press7/Filesystem /var CRITICAL -> OK', 'recovery'],
    ['press7/Filesystem /var OK -> WARN', 'problem'],
    ['Pump 3 changed from RUNNING to FAULT', 'problem'],
    ['Pump 3 changed from FAULT to RUNNING', 'recovery'],
    ['FIRING_TO_OK: prod-db-cpu', 'recovery'],
    ['Alert Deactivated: heartbeat missing', 'recovery'],
    ['[Node Alert Reset] High packet loss', 'recovery'],
    ['Rule errors in the log is active', 'problem'],
    ['CPU is running high on web2', 'problem'],
    ['updates are available on web2', 'report'],
    ['Server master Exit Status 0 for client fs7', 'success'],
    ['Server master Exit Status 96 for client fs7', 'failure'],
    ['✅ shop: Up', 'recovery'],
    ['Ceph health HEALTH_WARN -> HEALTH_OK', 'recovery'],
    ['standby lost: errors: 0', 'problem'],
    ['RebuildFinished event on /dev/md1', 'success'],
    ['NodeNotReady on k8s3', 'problem'],
    ['UPS Power Failure on backup1', 'problem'],
    ['Cron <root@db1> run-parts --report /etc/cron.daily', null],
  ])('reads %s as %s', (subject, state) => {
    expect(readWording(subject)?.state ?? null).toBe(state);
  });

  it.each([
    ['db1 no longer reachable', 'problem', 'en'],
    ['db1 no longer critical', 'recovery', 'en'],
    ['replica not responding', 'problem', 'en'],
    ['Server db1 nicht erreichbar', 'problem', 'de'],
    ['Server db1 nicht mehr erreichbar', 'problem', 'de'],
    ['Server db1 wieder erreichbar', 'recovery', 'de'],
    ['Störung behoben: db1', 'recovery', 'de'],
    ['Sicherung von db1 fehlgeschlagen', 'failure', 'de'],
    ['Sicherung von db1 erfolgreich', 'success', 'de'],
    ['Le serveur db1 est injoignable', 'problem', 'fr'],
    ['Le serveur db1 ne répond plus', 'problem', 'fr'],
    ['Retour à la normale : db1', 'recovery', 'fr'],
    ['Échec de la sauvegarde de db1', 'failure', 'fr'],
    ['El servidor db1 no responde', 'problem', 'es'],
    ['Servicio restablecido en db1', 'recovery', 'es'],
    ['Copia de db1 fallida', 'failure', 'es'],
    ['Il server db1 non risponde', 'problem', 'it'],
    ['Problema risolto su db1', 'recovery', 'it'],
    ['Server db1 niet bereikbaar', 'problem', 'nl'],
    ['Storing op db1 verholpen', 'recovery', 'nl'],
    ['Servidor db1 fora do ar', 'problem', 'pt'],
    ['Problema em db1 resolvido', 'recovery', 'pt'],
    ['Leitung Süd von OK auf AUSFALL', 'problem', 'de'],
    ['Leitung Süd von AUSFALL auf OK', 'recovery', 'de'],
    ['Sicherung von db1 mit Fehlern beendet', 'failure', 'de'],
  ])('reads %s as %s (%s)', (subject, state) => {
    expect(readWording(subject)?.state).toBe(state);
  });

  it.each(['lunch on Friday', 'set up of the new printer', 'look at this', ''])(
    'hears nothing in “%s”',
    (subject) => {
      expect(readWording(subject)).toBeNull();
    },
  );

  it.each([
    ['db1 UPS Power Failure !!!', 'db1 UPS Power has returned'],
    ['Server db1 nicht erreichbar', 'Server db1 wieder erreichbar'],
    ['ALERT edge/ping', 'UPALERT edge/ping'],
    ['Build failed in CI: shop', 'Build is back to normal in CI: shop'],
    ['Tank level: OK → WARNING', 'Tank level: WARNING → OK'],
    ['shop.example.com is down: Timeout after', 'shop.example.com is up'],
    ['JobFailed: nightly', 'JobSucceeded: nightly'],
    ['Le disque /var est plein', 'Disque /var : retour à la normale'],
  ])('leaves the same of “%s” and “%s”', (one, other) => {
    expect(withoutStateWording(one)).toBe(withoutStateWording(other));
  });

  it('leaves what tells two things apart', () => {
    expect(withoutStateWording('disk /var full on db1')).not.toBe(
      withoutStateWording('disk /srv full on db1'),
    );
    expect(withoutStateWording('NodeNotReady on k3')).not.toBe(withoutStateWording('NodeUnreachable on k3'));
    expect(withoutStateWording('load high on db1')).not.toBe(withoutStateWording('swap high on db1'));
  });
});
