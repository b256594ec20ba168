/** What a mail server sends back when it cannot deliver a mail that it has taken (RFC 3464). */
export function bounceOf(mail: Buffer, recipient: string): Buffer {
  const lines = [
    'From: MAILER-DAEMON@mx.example',
    'Subject: Undelivered Mail Returned to Sender',
    'Message-ID: <bounce@mx.example>',
    'Content-Type: multipart/report; report-type=delivery-status; boundary=b',
    '',
    '--b',
    '',
    'I am sorry.',
    '--b',
    'Content-Type: message/delivery-status',
    '',
    'Reporting-MTA: dns; mx.example',
    '',
    `Final-Recipient: rfc822; ${recipient}`,
    'Action: failed',
    'Status: 5.1.1',
    'Diagnostic-Code: smtp; 550 user unknown',
    '',
    '--b',
    'Content-Type: message/rfc822',
    '',
    mail.toString('latin1'),
    '--b--',
    '',
  ];
  return Buffer.from(lines.join('\r\n'), 'latin1');
}
