/** What Prometheus may scrape. Labels are few and bounded: never a tenant's data, never an address. */
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

export class Metrics {
  readonly registry = new Registry();

  readonly mailsStored = this.#counter('datamer_mails_stored_total', 'Mails stored, by door', ['door']);
  readonly mailsTriaged = this.#counter('datamer_mails_triaged_total', 'Mails taken through triage', []);
  readonly mailsQuarantined = this.#counter(
    'datamer_mails_quarantined_total',
    'Mails set aside as unreadable',
    [],
  );
  readonly noticesSent = this.#counter('datamer_notices_total', 'Notices handed over, by outcome', [
    'outcome',
  ]);
  readonly triageLag = new Histogram({
    name: 'datamer_triage_lag_seconds',
    help: 'From the arrival of a live mail to its event',
    buckets: [0.05, 0.1, 0.25, 0.5, 1, 2, 5, 15, 60],
    registers: [this.registry],
  });
  readonly httpSeconds = new Histogram({
    name: 'datamer_http_seconds',
    help: 'Server time of requests, by kind of route',
    labelNames: ['kind', 'status'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.3, 1, 3],
    registers: [this.registry],
  });
  readonly oldestWaiting = new Gauge({
    name: 'datamer_oldest_waiting_mail_seconds',
    help: 'Age of the oldest mail that waits for triage; 0 when none does',
    registers: [this.registry],
  });
  readonly loopAge = new Gauge({
    name: 'datamer_loop_age_seconds',
    help: 'Seconds since a loop last ran without an error',
    labelNames: ['loop'],
    registers: [this.registry],
  });

  constructor() {
    collectDefaultMetrics({ register: this.registry });
  }

  #counter<Label extends string>(name: string, help: string, labelNames: Label[]): Counter<Label> {
    return new Counter({ name, help, labelNames, registers: [this.registry] });
  }
}
