/** What Prometheus may scrape. Labels are few and bounded: never a tenant's data, never an address. */
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

export class Metrics {
  readonly registry = new Registry();

  readonly mailsStored = this.#counter('datamer_mails_stored_total', 'Mails stored, by door', ['door']);
  readonly mailsTriaged = this.#counter('datamer_mails_triaged_total', 'Mails taken through triage');
  readonly mailsQuarantined = this.#counter(
    'datamer_mails_quarantined_total',
    'Mails set aside as unreadable',
  );
  readonly noticesSent = this.#counter('datamer_notices_total', 'Notices handed over, by outcome', [
    'outcome',
  ]);
  readonly triageLag = this.#histogram(
    'datamer_triage_lag_seconds',
    'From the arrival of a live mail to its event',
    [0.05, 0.1, 0.25, 0.5, 1, 2, 5, 15, 60],
  );
  readonly httpSeconds = this.#histogram(
    'datamer_http_seconds',
    'Server time of requests, by kind of route',
    [0.005, 0.01, 0.025, 0.05, 0.1, 0.3, 1, 3],
    ['kind', 'status'],
  );
  readonly oldestWaiting = this.#gauge(
    'datamer_oldest_waiting_mail_seconds',
    'Age of the oldest mail that waits for triage; 0 when none does',
  );
  readonly intakeLag = this.#gauge(
    'datamer_intake_lag_seconds',
    'How far the door that is furthest behind has been read, of all tenants',
  );
  readonly oldestPendingNotice = this.#gauge(
    'datamer_oldest_pending_notice_seconds',
    'Age of the oldest notice that waits to be handed over; 0 when none does',
  );
  readonly oldestDueStream = this.#gauge(
    'datamer_oldest_due_schedule_seconds',
    'How long the schedule that has waited longest for its verdict is due; waits rightly while a door is blind',
  );
  readonly verdictDelay = this.#histogram(
    'datamer_verdict_delay_seconds',
    'From the instant of a MISSING or EXTRA verdict to its event',
    [1, 2, 5, 10, 20, 60, 300, 1800, 7200],
  );
  readonly canarySeconds = this.#histogram(
    'datamer_canary_seconds',
    'From handing a canary mail to our own door to its event',
    [0.1, 0.25, 0.5, 1, 2, 5, 15, 60, 300],
  );
  readonly canaryLag = this.#gauge(
    'datamer_canary_lag_seconds',
    'The same of the last canary that had its event',
  );
  readonly loopSeconds = this.#histogram(
    'datamer_loop_run_seconds',
    'How long the runs of a loop took, by outcome',
    [0.005, 0.02, 0.1, 0.5, 2, 10, 60],
    ['loop', 'outcome'],
  );
  readonly loopSucceededAt = this.#gauge(
    'datamer_loop_last_success_timestamp_seconds',
    'When a loop last ran without an error',
    ['loop'],
  );

  constructor() {
    collectDefaultMetrics({ register: this.registry });
  }

  #counter<Label extends string = never>(
    name: string,
    help: string,
    labelNames: Label[] = [],
  ): Counter<Label> {
    return new Counter({ name, help, labelNames, registers: [this.registry] });
  }

  #gauge<Label extends string = never>(name: string, help: string, labelNames: Label[] = []): Gauge<Label> {
    return new Gauge({ name, help, labelNames, registers: [this.registry] });
  }

  /** @param buckets upper bounds in seconds */
  #histogram<Label extends string = never>(
    name: string,
    help: string,
    buckets: number[],
    labelNames: Label[] = [],
  ): Histogram<Label> {
    return new Histogram({ name, help, buckets, labelNames, registers: [this.registry] });
  }
}
