/** Hands notices to a mail server. Every failure says whether trying again helps. */
import { createTransport, type Transporter } from 'nodemailer';
import { SECOND } from '../../kernel/clock.ts';
import { AppError, describeError } from '../../kernel/errors.ts';
import { asText } from '../wording/as-text.ts';
import { NOTICE_HEADER, type NoticeSeal } from '../../events/notice-seal.ts';
import type { Delivery } from '../deliveries.ts';

export interface EmailChannel {
  /** @throws AppError whose `temporary` says whether trying again helps */
  send: (delivery: Delivery) => Promise<void>;
  /** Connects and says hello. @throws AppError */
  test: () => Promise<void>;
  close: () => void;
}

const CONNECT_LIMIT_MS = 15 * SECOND;
const ANSWER_LIMIT_MS = 30 * SECOND;

/** @param url smtp[s]://[user:password@]host:port */
export function openEmailChannel(url: string, from: string, seal: NoticeSeal): EmailChannel {
  const transport = createTransport({
    url,
    pool: true,
    maxConnections: 2,
    connectionTimeout: CONNECT_LIMIT_MS,
    greetingTimeout: CONNECT_LIMIT_MS,
    socketTimeout: ANSWER_LIMIT_MS,
    // Opportunistic STARTTLS, as between mail servers; smtps:// verifies the certificate.
    tls: url.startsWith('smtps:') ? {} : { rejectUnauthorized: false },
  });
  return {
    send: (delivery) => send(transport, from, seal, delivery),
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

async function send(
  transport: Transporter,
  from: string,
  seal: NoticeSeal,
  delivery: Delivery,
): Promise<void> {
  try {
    await transport.sendMail({
      from,
      to: delivery.address,
      subject: delivery.message.subject,
      text: asText(delivery.message),
      messageId: delivery.messageId,
      date: delivery.createdAt,
      // Mails about one event are one thread in people's mail programs.
      ...(delivery.message.event ? { references: threadOf(delivery) } : {}),
      headers: { 'Auto-Submitted': 'auto-generated', [NOTICE_HEADER]: seal.sign(delivery.id) },
    });
  } catch (error) {
    throw asAppError(error);
  }
}

function threadOf({ eventId, messageId }: Delivery): string {
  return `<event-${eventId}@${messageId.split('@')[1] ?? 'datamer>'}`;
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
