/** Hands mails to a mail server. Every failure says whether trying again helps. */
import { createTransport, type Transporter } from 'nodemailer';
import { SECOND } from '../../../kernel/clock.ts';
import { AppError, describeError } from '../../../kernel/errors.ts';
import type { Attachment } from '../../attachment.ts';
import { NOTICE_HEADER, type NoticeSeal } from '../../../events/notice-seal.ts';

/** A notice as a mail; the frame (sender, marks of an automatic mail) is the transport's. */
export interface NoticeMail {
  deliveryId: string;
  to: string;
  subject: string;
  text: string;
  messageId: string;
  createdAt: Date;
  /** The thread that it belongs to. */
  references: string | null;
  html?: string;
  /** The address that replies go to, where it is not the sender. */
  replyTo?: string;
  /** Further header fields. */
  headers?: Record<string, string>;
  /** The Message-ID of the mail that it answers. */
  inReplyTo?: string | null;
  attachment?: Attachment | null;
}

export interface MailTransport {
  /** @throws AppError whose `temporary` says whether trying again helps */
  send: (mail: NoticeMail) => Promise<void>;
  /** Connects and says hello. @throws AppError */
  test: () => Promise<void>;
  close: () => void;
}

/** A server that hangs keeps the mails of all waiting no longer than this. */
export interface Patience {
  /** For the connection, and again for its greeting. */
  connectMs: number;
  /** For each answer. */
  answerMs: number;
}

const PATIENCE: Patience = { connectMs: 15 * SECOND, answerMs: 30 * SECOND };

/** @param url smtp[s]://[user:password@]host:port */
export function openMailTransport(
  url: string,
  from: string,
  seal: NoticeSeal,
  { connectMs, answerMs }: Patience = PATIENCE,
): MailTransport {
  const transport = createTransport({
    url,
    pool: true,
    maxConnections: 2,
    connectionTimeout: connectMs,
    greetingTimeout: connectMs,
    socketTimeout: answerMs,
    // Opportunistic STARTTLS, as between mail servers; smtps:// verifies the certificate.
    tls: url.startsWith('smtps:') ? {} : { rejectUnauthorized: false },
  });
  return {
    send: (mail) => send(transport, from, seal, mail),
    test: async () => {
      try {
        await transport.verify();
      } catch (error) {
        throw asAppError(error);
      }
    },
    close: () => {
      transport.close();
    },
  };
}

async function send(transport: Transporter, from: string, seal: NoticeSeal, mail: NoticeMail): Promise<void> {
  const {
    deliveryId,
    to,
    subject,
    text,
    html,
    messageId,
    createdAt,
    references,
    replyTo,
    inReplyTo,
    attachment,
  } = mail;
  try {
    await transport.sendMail({
      from,
      to,
      subject,
      text,
      ...(html ? { html } : {}),
      messageId,
      date: createdAt,
      ...(references ? { references } : {}),
      ...(replyTo ? { replyTo } : {}),
      ...(inReplyTo ? { inReplyTo } : {}),
      ...(attachment ? { attachments: [attachment] } : {}),
      headers: {
        // RFC 3834 §5: what answers a mail says so.
        'Auto-Submitted': inReplyTo ? 'auto-replied' : 'auto-generated',
        // Exchange: no vacation replies. Bounces are wanted: they mark the address.
        'X-Auto-Response-Suppress': 'OOF, AutoReply',
        ...mail.headers,
        [NOTICE_HEADER]: seal.sign(deliveryId),
      },
    });
  } catch (error) {
    throw asAppError(error);
  }
}

/** 5xx about the recipient or the mail is final (RFC 5321 §4.2.1); what concerns the connection or our login may heal. */
function asAppError(error: unknown): AppError {
  const { responseCode, code } = error as { responseCode?: number; code?: string };
  const isAboutMail = code === 'EENVELOPE' || code === 'EMESSAGE';
  const isPermanent = isAboutMail && responseCode !== undefined && responseCode >= 500;
  return new AppError(describeError(error), {
    code: isPermanent ? 'delivery-refused' : 'delivery-delayed',
    temporary: !isPermanent,
    cause: error,
  });
}
