/** All parsers of single tools. A new one is a file in tools/ and its line here; the first that recognises a mail reads it. */
import type { Reader, ToolParser } from './parser.ts';
import { azureMonitor } from './tools/azure-monitor.ts';
import { bacula } from './tools/bacula.ts';
import { borg } from './tools/borg.ts';
import { certbot } from './tools/certbot.ts';
import { checkmk } from './tools/checkmk.ts';
import { cpanel } from './tools/cpanel.ts';
import { datadog } from './tools/datadog.ts';
import { dynatrace } from './tools/dynatrace.ts';
import { elastalert } from './tools/elastalert.ts';
import { exchange } from './tools/exchange.ts';
import { gcpMonitoring } from './tools/gcp-monitoring.ts';
import { githubActions } from './tools/github-actions.ts';
import { healthchecks } from './tools/healthchecks.ts';
import { ilo } from './tools/ilo.ts';
import { kibana } from './tools/kibana.ts';
import { nagios } from './tools/nagios.ts';
import { netdata } from './tools/netdata.ts';
import { newrelic } from './tools/newrelic.ts';
import { nut } from './tools/nut.ts';
import { opsgenie } from './tools/opsgenie.ts';
import { opsmanager } from './tools/opsmanager.ts';
import { outOfOffice } from './tools/out-of-office.ts';
import { pagerduty } from './tools/pagerduty.ts';
import { plesk } from './tools/plesk.ts';
import { postfix } from './tools/postfix.ts';
import { prometheusText } from './tools/prometheus-text.ts';
import { proxmox } from './tools/proxmox.ts';
import { prtg } from './tools/prtg.ts';
import { qnap } from './tools/qnap.ts';
import { restic } from './tools/restic.ts';
import { sentry } from './tools/sentry.ts';
import { site24x7 } from './tools/site24x7.ts';
import { solarwinds } from './tools/solarwinds.ts';
import { splunk } from './tools/splunk.ts';
import { statuscake } from './tools/statuscake.ts';
import { synology } from './tools/synology.ts';
import { uptimeKuma } from './tools/uptime-kuma.ts';
import { veeam } from './tools/veeam.ts';
import { windows } from './tools/windows.ts';
import { zfsZed } from './tools/zfs-zed.ts';

export const PARSERS: readonly (ToolParser | Reader)[] = [
  outOfOffice,
  nagios,
  azureMonitor,
  bacula,
  borg,
  certbot,
  checkmk,
  cpanel,
  datadog,
  dynatrace,
  elastalert,
  exchange,
  gcpMonitoring,
  githubActions,
  healthchecks,
  ilo,
  kibana,
  netdata,
  newrelic,
  nut,
  opsgenie,
  opsmanager,
  pagerduty,
  plesk,
  postfix,
  prometheusText,
  proxmox,
  prtg,
  qnap,
  restic,
  sentry,
  site24x7,
  solarwinds,
  splunk,
  statuscake,
  synology,
  uptimeKuma,
  veeam,
  windows,
  zfsZed,
];
