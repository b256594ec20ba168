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
  readonly intakeLag = new Gauge({
    name: 'datamer_intake_lag_seconds',
    help: 'How far the door that is furthest behind has been read, of all tenants',
    registers: [this.registry],
  });
  readonly oldestPendingNotice = new Gauge({
    name: 'datamer_oldest_pending_notice_seconds',
    help: 'Age of the oldest notice that waits to be handed over; 0 when none does',
    registers: [this.registry],
  });
  readonly oldestDueStream = new Gauge({
    name: 'datamer_oldest_due_schedule_seconds',
    help: 'How long the schedule that has waited longest for its verdict is due; waits rightly while a door is blind',
    registers: [this.registry],
  });
  readonly verdictDelay = new Histogram({
    name: 'datamer_verdict_delay_seconds',
    help: 'From the instant of a MISSING or EXTRA verdict to its event',
    buckets: [1, 2, 5, 10, 20, 60, 300, 1800, 7200],
    registers: [this.registry],
  });
  readonly canarySeconds = new Histogram({
    name: 'datamer_canary_seconds',
    help: 'From handing a canary mail to our own door to its event',
    buckets: [0.1, 0.25, 0.5, 1, 2, 5, 15, 60, 300],
    registers: [this.registry],
  });
  readonly canaryLag = new Gauge({
    name: 'datamer_canary_lag_seconds',
    help: 'The same of the last canary that had its event',
    registers: [this.registry],
  });
  readonly loopSeconds = new Histogram({
    name: 'datamer_loop_run_seconds',
    help: 'How long the runs of a loop took, by outcome',
    labelNames: ['loop', 'outcome'],
    buckets: [0.005, 0.02, 0.1, 0.5, 2, 10, 60],
    registers: [this.registry],
  });
  readonly loopSucceededAt = new Gauge({
    name: 'datamer_loop_last_success_timestamp_seconds',
    help: 'When a loop last ran without an error',
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
