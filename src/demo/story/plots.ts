/** What can go wrong in the shop, in the words of the tools that notice it. */
import type { Person } from './story.ts';

export interface Plot {
  name: string;
  from: string;
  hosts: readonly [string, ...string[]];
  /** Minutes between notifications while it lasts. */
  everyMinutes: number;
  /** The one who knows it best first. */
  people: readonly [Person, Person];
  /** Minutes until somebody takes it, at least and at most. */
  takenWithin: readonly [number, number];
  problem: (host: string, figure: number) => { subject: string; body: string };
  recovery: (host: string) => { subject: string; body: string };
  /** What people write when they close it. */
  notes: readonly [string, ...string[]];
}

export const PLOTS: readonly [Plot, ...Plot[]] = [
  {
    name: 'disk',
    from: 'Nagios <nagios@mon1.shop.example>',
    hosts: ['db2', 'web3', 'bk1'],
    everyMinutes: 30,
    people: ['chiara', 'ben'],
    takenWithin: [6, 50],
    problem: (host, figure) => ({
      subject: `** PROBLEM Service Alert: ${host}/Disk space is WARNING **`,
      body: `Notification Type: PROBLEM\nService: Disk space\nHost: ${host}\nState: WARNING\nAdditional Info: DISK WARNING - free space: / ${8 + (figure % 7)} GB\n:warn: :org:infra.hosts: :svr:${host}.shop.example:`,
    }),
    recovery: (host) => ({
      subject: `** RECOVERY Service Alert: ${host}/Disk space is OK **`,
      body: `Notification Type: RECOVERY\nHost: ${host}\nState: OK\n:warn: :org:infra.hosts: :svr:${host}.shop.example:`,
    }),
    notes: [
      'Old kernels and journals removed.',
      'Rotated nginx logs by hand; logrotate had lost its cron entry.',
      'Volume grown by 40 GB.',
    ],
  },
  {
    name: 'http',
    from: 'Nagios <nagios@mon1.shop.example>',
    hosts: ['web1', 'web2', 'web3'],
    everyMinutes: 10,
    people: ['ada', 'ben'],
    takenWithin: [1, 14],
    problem: (host, figure) => ({
      subject: `** PROBLEM Service Alert: ${host}/HTTP is CRITICAL **`,
      body: `Notification Type: PROBLEM\nService: HTTP\nHost: ${host}\nState: CRITICAL\nAdditional Info: CRITICAL - Socket timeout after ${10 + (figure % 20)} seconds\n:critical: :org:shop.frontend.web: :svr:${host}.shop.example:`,
    }),
    recovery: (host) => ({
      subject: `** RECOVERY Service Alert: ${host}/HTTP is OK **`,
      body: `Notification Type: RECOVERY\nHost: ${host}\nState: OK\n:critical: :org:shop.frontend.web: :svr:${host}.shop.example:`,
    }),
    notes: [
      'php-fpm had no free worker: a crawler. Blocked it, raised pm.max_children to 60.',
      'Restarted php-fpm. Memory leak in the image resizer, see shop#812.',
      'Bad deploy, rolled back.',
    ],
  },
  {
    name: 'latency',
    from: 'Alertmanager <alertmanager@mon1.shop.example>',
    hosts: ['api1', 'api2'],
    everyMinutes: 15,
    people: ['ada', 'chiara'],
    takenWithin: [2, 20],
    problem: (host, figure) => ({
      subject: `[FIRING] HighLatency (${host} critical)`,
      body: `Labels:\n - alertname = HighLatency\n - instance = ${host}\nAnnotations:\n - summary = p99 of /api/search is ${1200 + figure} ms\n:critical: :org:shop.frontend.api: :svr:${host}.shop.example:`,
    }),
    recovery: (host) => ({
      subject: `[RESOLVED] HighLatency (${host} critical)`,
      body: `Labels:\n - alertname = HighLatency\n - instance = ${host}\n:critical: :org:shop.frontend.api: :svr:${host}.shop.example:`,
    }),
    notes: [
      'Search cache was cold after the deploy. Warm-up added to the pipeline.',
      'A missing index on order_items, added.',
      'Neighbour on the same hypervisor; moved the guest.',
    ],
  },
  {
    name: 'agent',
    from: 'Zabbix <zabbix@mon2.shop.example>',
    hosts: ['cache1', 'mq1', 'app2'],
    everyMinutes: 20,
    people: ['ben', 'chiara'],
    takenWithin: [4, 40],
    problem: (host, figure) => ({
      subject: `Problem: Zabbix agent is not available on ${host}`,
      body: `Problem started ${figure} s ago\nHost: ${host}\nSeverity: Average\n:warn: :org:infra.hosts: :svr:${host}.shop.example:`,
    }),
    recovery: (host) => ({
      subject: `Resolved: Zabbix agent is not available on ${host}`,
      body: `Host: ${host}\n:warn: :org:infra.hosts: :svr:${host}.shop.example:`,
    }),
    notes: [
      'Agent had been killed for memory. Restarted, limit raised.',
      'Firewall rule came back after the reboot.',
    ],
  },
  {
    name: 'pipeline',
    from: 'GitLab <gitlab@gitlab.shop.example>',
    hosts: ['shop-api', 'shop-web'],
    everyMinutes: 90,
    people: ['ben', 'ada'],
    takenWithin: [5, 90],
    // Without tags: the rule "GitLab pipelines" says what they mean.
    problem: (host, figure) => ({
      subject: `${host} | Pipeline #${48_000 + figure} has failed for main`,
      body: `Your pipeline has failed.\n\nProject: shop / ${host}\nBranch: main\n\nJob "phpunit" (stage: test) failed`,
    }),
    recovery: (host) => ({
      subject: `${host} | Pipeline #49001 has passed for main`,
      body: `Your pipeline has passed.\n\nProject: shop / ${host}\nBranch: main`,
    }),
    notes: [
      'Flaky test, quarantined: BasketTest::testVoucher.',
      'Fixed the fixture.',
      'Runner was out of disk.',
    ],
  },
  {
    name: 'replication',
    from: 'Alertmanager <alertmanager@mon1.shop.example>',
    hosts: ['db2'],
    everyMinutes: 20,
    people: ['chiara', 'ada'],
    takenWithin: [2, 25],
    problem: (host, figure) => ({
      subject: `[FIRING] ReplicationLag (${host} warning)`,
      body: `Labels:\n - alertname = ReplicationLag\n - instance = ${host}\nAnnotations:\n - summary = ${host} is ${60 + figure} s behind db1\n:warn: :org:shop.db: :svr:${host}.shop.example:`,
    }),
    recovery: (host) => ({
      subject: `[RESOLVED] ReplicationLag (${host} warning)`,
      body: `Labels:\n - alertname = ReplicationLag\n - instance = ${host}\n:warn: :org:shop.db: :svr:${host}.shop.example:`,
    }),
    notes: ['Nightly report held a long transaction; moved to the second replica.', 'Caught up by itself.'],
  },
];
