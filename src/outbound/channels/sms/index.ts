import { z } from 'zod';
import { channelKind } from '../channel-kind.ts';
import { headerText, hostOf, phoneNumber, webAddress } from '../setting-texts.ts';
import { viaHttp } from '../via-http.ts';
import { composeSms, fillIn, insideJsonText, type SmsSettings } from './compose.ts';

/** What a mail says must not choose the host that is asked. */
function hasFixedHost(template: string): boolean {
  const [, authority = ''] = /^https?:\/\/([^/?#\\]*)/i.exec(template) ?? [];
  return !/[{}]/.test(authority);
}

function isJson(template: string): boolean {
  try {
    JSON.parse(fillIn(template, { number: '+1', text: 'a "b"' }, insideJsonText));
    return true;
  } catch {
    return false;
  }
}

export const sms = channelKind<SmsSettings>({
  kind: 'sms',
  title: 'SMS',
  about: 'Sends a text message through the HTTP gateway of a provider, as its manual describes the request.',
  settings: z
    .strictObject({
      url: webAddress.refine(hasFixedHost, { message: 'The host stands fast: put {text} behind it.' }),
      format: z.enum(['get', 'form', 'json']).default('form'),
      body: z.string().trim().max(4000).default(''),
      number: phoneNumber,
      authorization: headerText.default(''),
    })
    .superRefine(({ url, format, body }, context) => {
      const fault = (field: string, message: string): void => {
        context.addIssue({ code: 'custom', path: [field], message });
      };
      const places = format === 'get' ? url : url + body;
      if (!places.includes('{text}')) {
        fault(format === 'get' ? 'url' : 'body', 'Put {text} where the gateway expects the message.');
      }
      if (format === 'json' && !isJson(body))
        fault('body', 'This is no JSON. Put {text} between quotes: "{text}".');
    }),
  fields: [
    {
      name: 'url',
      label: 'Address of the gateway',
      input: 'url',
      isRequired: true,
      isSecret: true,
      placeholder: 'https://sms.example.com/send?to={number}&text={text}',
      hint: '{number} and {text} are filled in',
    },
    {
      name: 'format',
      label: 'Request',
      input: 'choice',
      choices: [
        ['form', 'POST with form fields'],
        ['json', 'POST with JSON'],
        ['get', 'GET, everything in the address'],
      ],
    },
    {
      name: 'body',
      label: 'Body',
      input: 'long',
      isSecret: true,
      placeholder: 'to={number}&message={text}',
      hint: 'for POST; JSON as {"to":"{number}","text":"{text}"}',
    },
    { name: 'number', label: 'Number', input: 'text', isRequired: true, placeholder: '+49 151 2345678' },
    {
      name: 'authorization',
      label: 'Authorization header',
      input: 'password',
      isSecret: true,
      hint: 'such as Bearer … or Basic …',
    },
  ],
  target: ({ number, url }) => `${number} by ${hostOf(url)}`,
  ...viaHttp(composeSms),
});
