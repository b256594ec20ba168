/**
 * All parsers of single tools. A new one is a file in tools/ and its line here; the first that recognises a mail reads
 * it. On top what quotes or carries the mails of others, and what many rely on; then by the alphabet.
 */
import type { AnyParser } from './parser.ts';
import { alertmanager } from './tools/alertmanager.ts';
import { anacron } from './tools/anacron.ts';
import { apcupsd } from './tools/apcupsd.ts';
import { aptListchanges } from './tools/apt-listchanges.ts';
import { apticron } from './tools/apticron.ts';
import { autoReply } from './tools/auto-reply.ts';
import { azureMonitor } from './tools/azure-monitor.ts';
import { backupninja } from './tools/backupninja.ts';
import { bacula } from './tools/bacula.ts';
import { borg } from './tools/borg.ts';
import { borgmatic } from './tools/borgmatic.ts';
import { bounce } from './tools/bounce.ts';
import { certbot } from './tools/certbot.ts';
import { cfengine } from './tools/cfengine.ts';
import { changetrack } from './tools/changetrack.ts';
import { checkmk } from './tools/checkmk.ts';
import { chkrootkit } from './tools/chkrootkit.ts';
import { cloudwatch } from './tools/cloudwatch.ts';
import { collectd } from './tools/collectd.ts';
import { cpanel } from './tools/cpanel.ts';
import { cron } from './tools/cron.ts';
import { datadog } from './tools/datadog.ts';
import { ddclient } from './tools/ddclient.ts';
import { dynatrace } from './tools/dynatrace.ts';
import { elastalert } from './tools/elastalert.ts';
import { fail2ban } from './tools/fail2ban.ts';
import { gcpMonitoring } from './tools/gcp-monitoring.ts';
import { githubActions } from './tools/github-actions.ts';
import { gitlab } from './tools/gitlab.ts';
import { grafana } from './tools/grafana.ts';
import { haproxy } from './tools/haproxy.ts';
import { healthchecks } from './tools/healthchecks.ts';
import { icinga2 } from './tools/icinga2.ts';
import { idrac } from './tools/idrac.ts';
import { ilo } from './tools/ilo.ts';
import { jenkins } from './tools/jenkins.ts';
import { kibana } from './tools/kibana.ts';
import { logcheck } from './tools/logcheck.ts';
import { logrotate } from './tools/logrotate.ts';
import { logwatch } from './tools/logwatch.ts';
import { mdadm } from './tools/mdadm.ts';
import { mon } from './tools/mon.ts';
import { monit } from './tools/monit.ts';
import { nagios } from './tools/nagios.ts';
import { netapp } from './tools/netapp.ts';
import { netdata } from './tools/netdata.ts';
import { newrelic } from './tools/newrelic.ts';
import { nut } from './tools/nut.ts';
import { opsgenie } from './tools/opsgenie.ts';
import { opsmanager } from './tools/opsmanager.ts';
import { pagerduty } from './tools/pagerduty.ts';
import { pingdom } from './tools/pingdom.ts';
import { plesk } from './tools/plesk.ts';
import { prometheusText } from './tools/prometheus-text.ts';
import { proxmox } from './tools/proxmox.ts';
import { prtg } from './tools/prtg.ts';
import { qnap } from './tools/qnap.ts';
import { restic } from './tools/restic.ts';
import { rkhunter } from './tools/rkhunter.ts';
import { rsnapshot } from './tools/rsnapshot.ts';
import { rsyslog } from './tools/rsyslog.ts';
import { scom } from './tools/scom.ts';
import { sentry } from './tools/sentry.ts';
import { site24x7 } from './tools/site24x7.ts';
import { smartd } from './tools/smartd.ts';
import { solarwinds } from './tools/solarwinds.ts';
import { splunk } from './tools/splunk.ts';
import { statuscake } from './tools/statuscake.ts';
import { swatch } from './tools/swatch.ts';
import { synology } from './tools/synology.ts';
import { tripwire } from './tools/tripwire.ts';
import { unattendedUpgrades } from './tools/unattended-upgrades.ts';
import { uptimeKuma } from './tools/uptime-kuma.ts';
import { uptimerobot } from './tools/uptimerobot.ts';
import { urlwatch } from './tools/urlwatch.ts';
import { veeam } from './tools/veeam.ts';
import { vmware } from './tools/vmware.ts';
import { windows } from './tools/windows.ts';
import { zabbix } from './tools/zabbix.ts';
import { zfsZed } from './tools/zfs-zed.ts';

export const PARSERS: readonly AnyParser[] = [
  bounce,
  autoReply,
  nagios,
  icinga2,
  alertmanager,
  zabbix,
  borgmatic,
  rsnapshot,
  anacron,
  cron,
  apcupsd,
  aptListchanges,
  apticron,
  azureMonitor,
  backupninja,
  bacula,
  borg,
  certbot,
  cfengine,
  changetrack,
  checkmk,
  chkrootkit,
  cloudwatch,
  collectd,
  cpanel,
  datadog,
  ddclient,
  dynatrace,
  elastalert,
  fail2ban,
  gcpMonitoring,
  githubActions,
  gitlab,
  grafana,
  haproxy,
  healthchecks,
  idrac,
  ilo,
  jenkins,
  kibana,
  logcheck,
  logrotate,
  logwatch,
  mdadm,
  mon,
  monit,
  netapp,
  netdata,
  newrelic,
  nut,
  opsgenie,
  opsmanager,
  pagerduty,
  pingdom,
  plesk,
  prometheusText,
  proxmox,
  prtg,
  qnap,
  restic,
  rkhunter,
  rsyslog,
  scom,
  sentry,
  site24x7,
  smartd,
  solarwinds,
  splunk,
  statuscake,
  swatch,
  synology,
  tripwire,
  unattendedUpgrades,
  uptimeKuma,
  uptimerobot,
  urlwatch,
  veeam,
  vmware,
  windows,
  zfsZed,
];
