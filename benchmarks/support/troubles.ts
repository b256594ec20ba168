/** What goes wrong in invented installations: kinds of trouble that grouping tells apart. */
export const TROUBLES = [
  'load too high',
  'NFS mount stale',
  'response time',
  'host is down',
  'queue grows',
  'disk space',
];
